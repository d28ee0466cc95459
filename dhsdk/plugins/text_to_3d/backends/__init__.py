"""What makes text_to_3d's scenes besides its own kernels: the user's pretrained models."""

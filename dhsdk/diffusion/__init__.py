"""THE diffusion core: sampling, guidance, windows, score distillation, text, nano priors, pretrained pipelines."""

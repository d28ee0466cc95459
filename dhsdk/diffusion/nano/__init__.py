"""Nano priors: small diffusion models of our own over the typed parameters of a generator."""

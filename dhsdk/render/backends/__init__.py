"""Rasterizers: one light module each, with the hook dhsdk_rasterizers."""

"""How Stable Diffusion 1.5 and XL are built, for models that come as a single file.

sd.json, sdxl.json: the files of a diffusers folder without weights, by their paths in it.
clip_merges.txt.xz: the merges of CLIP's tokenizer, MIT licence, Copyright (c) 2021 OpenAI; its
vocabulary follows from them.
"""

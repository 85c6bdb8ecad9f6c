"""Scripts talk to a server through here: the Python client and the OpenRaster writer."""

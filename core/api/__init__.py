"""The REST interface: what the Diagnose page does, for other programs, over the same services.

`mounting.ROUTES` serve it under /api beside the pages and `mounting.alone` serves it without them.
FastAPI is imported with the first request, so that the first page does not wait for it.
"""

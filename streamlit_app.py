"""The entry: what Mammolens is, what is ready, and where to go.

The page itself is drawn by `ui.home`; importing this file draws nothing, so that a
server can import it for more than its pages.
"""

from ui import home

if __name__ == "__main__":
    home.show()

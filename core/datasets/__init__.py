"""From a publisher's folder to arrays a network can read."""

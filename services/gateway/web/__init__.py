"""The pages for people: HTML rendered on the server, complete without JavaScript."""

"""NATS, Redis, Elasticsearch and a mail inbox as child processes of one Python process, and their supervisor.

`stack.LocalStack` is the way in; `supervisor.Supervisor` also runs the product's own services.
"""

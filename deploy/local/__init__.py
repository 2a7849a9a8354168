"""NATS, Redis and Elasticsearch as child processes of one Python process, and the supervisor that keeps them.

`stack.LocalStack` is the way in; `supervisor.Supervisor` also runs the product's own services.
"""

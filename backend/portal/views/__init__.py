"""The pages: read the request, ask a selector or a service, answer with a template."""

"""Django's PostgreSQL backend with a cheaper look at a kept connection, and patience that ends with the request's."""

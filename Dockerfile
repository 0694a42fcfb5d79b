# Two stages: the first installs the lock and compiles the translations, the second runs them as a plain user.
ARG PYTHON_IMAGE=python:3.13-slim
FROM ${PYTHON_IMAGE} AS build
ENV PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY requirements/ requirements/
COPY tools/ tools/
RUN python tools/bootstrap.py run
COPY backend/ backend/
RUN python tools/bootstrap.py run

FROM ${PYTHON_IMAGE}
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=backend.config.settings \
    STATIC_ROOT=/app/static
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin allclear \
    && install -d -o allclear -g allclear /state /backups /files /notary /sealing
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY --from=build /app/backend backend
COPY rulebooks/ rulebooks/
COPY demo/ demo/
COPY tools/__init__.py tools/__init__.py
COPY tools/demo_school/ tools/demo_school/
COPY manage.py ./
RUN DEVELOPMENT=1 SECRET_KEY=unused DATABASE_URL=postgresql:///unused REDIS_URL=redis://unused \
    python manage.py collectstatic --no-input --verbosity 0
USER allclear
EXPOSE 8000

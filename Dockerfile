FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app

# requirements-s3.txt is for a STORAGE_URL that begins with s3://, requirements-sentry.txt for SENTRY_DSN.
COPY requirements.txt deploy/requirements-s3.txt deploy/requirements-sentry.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check -r requirements.txt -r requirements-s3.txt -r requirements-sentry.txt

COPY . .
# Compiles the code and collects the static files. The values only let the settings load; none stays.
RUN python -m compileall -q . && \
    SECRET_KEY=only-while-the-image-is-built-0123456789 TRUSTED_PROXY_COUNT=1 \
    ENCRYPTION_KEYS=only-while-the-image-is-built-0123456789abc= \
    WEB_URL=https://craft.example PREVIEW_URL=https://craft-preview.example \
    python manage.py collectstatic --noinput --verbosity 0

# Where files are kept unless STORAGE_URL says otherwise; a volume, else they go with the container.
RUN useradd --system --uid 10001 craft && install -d -o craft -m 700 data data/files
USER craft
ENV HOST=0.0.0.0
EXPOSE 8000
CMD ["python", "-m", "craft.serve"]

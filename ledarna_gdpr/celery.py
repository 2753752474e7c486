import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ledarna_gdpr.settings")

app = Celery("ledarna_gdpr")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

from dsar.admin import controller, desk, holds, requests, retention

__all__ = ["controller", "desk", "holds", "requests", "retention"]

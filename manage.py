#!/usr/bin/env python
import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coderpath_site.settings")
    from django.conf import settings
    from django.core.management import execute_from_command_line

    from coderpath_site.environment import BadEnvironment

    try:
        settings.configured or settings.BASE_DIR  # noqa: B018  (loads them)
    except BadEnvironment as error:
        sys.exit(f"manage.py: {error}")  # one sentence about what is missing, not a traceback
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

"""The questions of a conversation about consent; how it ends is in `endings`."""

from __future__ import annotations

from songtor_node.web.talk import client_screens, worker_screens

SCREENS = worker_screens.SCREENS | client_screens.SCREENS

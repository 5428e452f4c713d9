"""The schema's revisions. A change of the tables comes with a new one in versions/, and moves `HEAD` on."""

HEAD = "0010"

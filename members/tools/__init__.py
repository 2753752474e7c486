"""Digital tools for members: a leader profile and salary statistics (P26-P30).

A tool is used with what the member types and with nothing else. Nothing of it is kept, in the
database, session, cache or log, unless she saves that one result.
"""

from members.tools import leader_profile, salaries
from members.tools.registry import tools

tools.register(leader_profile.TOOL)
tools.register(salaries.TOOL)

__all__ = ["tools"]

"""What the member register and its accounts keep about people: for each module of ``models``, one
that declares what is in it. Their order is the order in which an answer tells of them.
"""

from members.privacy import (  # isort: skip  # noqa: F401 - importing declares
    member,
    applications,
    fees,
    accounts,
    readlog,
    mail,
    tools,
    follow_up,
    consents,
    choices,
    mailings,
    imports,
)

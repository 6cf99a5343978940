"""`{% example "rotateAPIKey" %}` in a guide: that call in every language, as the reference has it."""

from django import template

from craft.docs.languages import FENCES
from craft.docs.reference import operations

register = template.Library()


@register.simple_tag
def example(operation_id: str) -> str:
    """Blocks of Markdown, one below the other, which the page shows as tabs."""
    calls = operations()[operation_id].calls
    return "\n\n".join(f"```{FENCES[title]} {title}\n{code}\n```" for title, code in calls)

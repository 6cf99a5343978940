"""What of OAuth has had its time."""

from oauth2_provider.models import clear_expired

from api.oauth.services import failed_requests


def delete_ended() -> int:
    """Delete codes and tokens that nothing needs any more, and old failed requests; return how many of these.

    The library knows which: deleting an expired access token by itself would end the refresh token that
    can still renew it, and a spent refresh token is kept to notice that it comes back.
    """
    clear_expired()
    return failed_requests.delete_old()

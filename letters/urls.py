from django.urls import path

from letters.views import coalitions, join, members, sessions, versions

_LETTER = ("letters/<slug:slug>/", "letters/<slug:slug>/<language:language>/")

public_urlpatterns = [
    pattern
    for letter in _LETTER
    for pattern in (
        path(f"{letter}versions/", versions.version_list, name="version_list"),
        path(f"{letter}versions/<int:number>/", versions.version_page, name="version_page"),
        path(f"{letter}changes/<int:old>/<int:new>/", versions.changes, name="changes"),
    )
]

organiser_urlpatterns = [path("join/<str:token>/", join.join, name="join")]

account_urlpatterns = [
    path("sessions/", sessions.sessions, name="sessions"),
    path("sessions/end/", sessions.session_end, name="session_end"),
    path("sessions/end-others/", sessions.sessions_end_others, name="sessions_end_others"),
]

_MEMBER = "<slug:slug>/members/<int:user_id>"
_INVITATION = "<slug:slug>/invitations/<int:invitation_id>"

coalition_urlpatterns = [
    path("new/", coalitions.coalition_new, name="coalition_new"),
    path("<slug:slug>/settings/", coalitions.coalition_settings, name="coalition_settings"),
    path("<slug:slug>/log/", coalitions.coalition_log, name="coalition_log"),
    path("<slug:slug>/leave/", members.coalition_leave, name="coalition_leave"),
    path("<slug:slug>/members/", members.members, name="members"),
    path("<slug:slug>/invitations/", members.member_invite, name="member_invite"),
    path(
        f"{_INVITATION}/resend/", members.member_invitation_resend, name="member_invitation_resend"
    ),
    path(
        f"{_INVITATION}/revoke/", members.member_invitation_revoke, name="member_invitation_revoke"
    ),
    path(f"{_MEMBER}/role/", members.member_role, name="member_role"),
    path(f"{_MEMBER}/remove/", members.member_remove, name="member_remove"),
    path(f"{_MEMBER}/transfer/", members.ownership_transfer, name="ownership_transfer"),
]

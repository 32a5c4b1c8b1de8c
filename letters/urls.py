from django.urls import path

from letters.views import (
    coalitions,
    create,
    editor,
    join,
    members,
    offices,
    picture,
    sessions,
    setup,
    versions,
)

_LETTER = ("letters/<slug:slug>/", "letters/<slug:slug>/<language:language>/")

public_urlpatterns = [
    pattern
    for letter in _LETTER
    for pattern in (
        path(f"{letter}versions/", versions.version_list, name="version_list"),
        path(f"{letter}versions/<int:number>/", versions.version_page, name="version_page"),
        path(f"{letter}changes/<int:old>/<int:new>/", versions.changes, name="changes"),
    )
] + [
    path(
        "letters/<slug:slug>/picture/<slug:digest>-<int:width>.webp",
        picture.picture_file,
        name="picture_file",
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
    path("<slug:slug>/new-letter/", create.new_letter, name="new_letter"),
    path("<slug:slug>/new-letter/address/", create.address_hint, name="address_hint"),
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

letter_urlpatterns = [
    path("text/begin/", editor.draft_begin, name="draft_begin"),
    path("text/discard/", editor.draft_discard, name="draft_discard"),
    path("text/languages/", editor.language_add, name="language_add"),
    path(
        "text/languages/<language:language>/remove/", editor.language_remove, name="language_remove"
    ),
    path("text/edit/", editor.edit_text, name="edit_text"),
    path("text/edit/<language:language>/", editor.edit_text, name="edit_text"),
    path("text/preview/<language:language>/", editor.preview_text, name="preview_text"),
    path("settings/", setup.letter_settings, name="letter_settings"),
    path("offices/<slug:office>/", offices.office_rules, name="office_rules"),
    path("schedule/", setup.schedule, name="schedule"),
    path("status/", setup.status, name="status"),
    path("withdraw/", setup.withdraw, name="withdraw_letter"),
    path("publish/", setup.publish, name="publish"),
    path("picture/", picture.picture, name="picture"),
    path("picture/remove/", picture.picture_remove, name="picture_remove"),
    path(
        "picture/<slug:digest>-<int:width>.webp",
        picture.picture_of_draft,
        name="picture_of_draft",
    ),
]

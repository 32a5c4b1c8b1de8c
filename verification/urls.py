from django.urls import path

from verification.views import (
    confirm,
    evidence,
    export,
    guild_code,
    invited,
    linked_account,
    manage,
    moderation,
    my_signatures,
    new_text,
    protection,
    sign,
    texts,
    thanks,
    typed_code,
)

public_urlpatterns = [
    path("letters/<slug:slug>/sign/", sign.sign, name="sign"),
    path("letters/<slug:slug>/challenge.json", sign.challenge, name="challenge"),
    path("letters/<slug:slug>/check-inbox/", sign.check_inbox, name="check_inbox"),
    path(
        "letters/<slug:slug>/<language:language>/check-inbox/", sign.check_inbox, name="check_inbox"
    ),
    path("letters/<slug:slug>/code/", typed_code.typed_code, name="typed_code"),
    path("letters/<slug:slug>/<language:language>/code/", typed_code.typed_code, name="typed_code"),
    path("my-signatures/<language:language>/", my_signatures.my_signatures, name="my_signatures"),
    path(
        "my-signatures/<language:language>/sent/",
        my_signatures.my_signatures_sent,
        name="my_signatures_sent",
    ),
    path("confirm/<str:token>/", confirm.confirm, name="confirm"),
    path("confirm/<str:token>/resend/", confirm.resend, name="resend"),
    path("thanks/<str:token>/", thanks.thanks, name="thanks"),
    path("manage/<str:token>/", manage.manage, name="manage"),
    path("invited/<str:token>/", invited.invited, name="invited"),
    path("invited/<str:token>/check-inbox/", invited.invited_inbox, name="invited_inbox"),
    path("invited/<str:token>/code/", invited.invited_code, name="invited_code"),
    path("manage/<str:token>/guild-code/", guild_code.guild_code, name="guild_code"),
    path(
        "manage/<str:token>/account/<slug:provider_id>/",
        linked_account.prove_account,
        name="prove_account",
    ),
    path(
        "linked-account/<slug:provider_id>/", linked_account.account_proved, name="account_proved"
    ),
    path("manage/<str:token>/withdraw/", manage.withdraw, name="withdraw"),
    path("manage/<str:token>/erase/", manage.erase, name="erase"),
    path("manage/<str:token>/new-text/", new_text.new_text, name="new_text"),
    path("manage/<str:token>/sign-again/", manage.sign_again, name="sign_again"),
]

organiser_urlpatterns = [
    path("signatures/", moderation.moderation_list, name="moderation_list"),
    path("signatures/decide/", moderation.decide, name="decide"),
    path("signatures/<int:signature_id>/", moderation.decision_history, name="decision_history"),
    path("evidence/", evidence.evidence, name="evidence"),
    path("evidence/domains/", evidence.domain_set, name="domain_set"),
    path(
        "signatures/<int:signature_id>/block-network/",
        protection.block_network,
        name="block_network",
    ),
    path("protection/", protection.protection, name="protection"),
    path("protection/surge/", protection.surge, name="surge"),
    path("protection/names/", protection.protect, name="protect"),
    path("protection/names/<int:name_id>/remove/", protection.unprotect, name="unprotect"),
    path("protection/blocks/", protection.block, name="block"),
    path("protection/blocks/<int:block_id>/remove/", protection.unblock, name="unblock"),
    path("text/", texts.texts, name="texts"),
    path("text/new/", texts.change, name="change_text"),
    path("evidence/guilds/", evidence.guild_new, name="guild_new"),
    path("evidence/guilds/<int:guild_id>/codes/", evidence.guild_codes, name="guild_codes"),
    path("evidence/invitations/", evidence.invitation_new, name="invitation_new"),
    path(
        "evidence/invitations/<int:invitation_id>/revoke/",
        evidence.invitation_revoke,
        name="invitation_revoke",
    ),
    path("export/", export.export, name="export"),
    path("audit-log/", moderation.audit_log, name="audit_log"),
]

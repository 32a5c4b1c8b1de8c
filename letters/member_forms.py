"""Forms of a coalition's settings and of its members."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from common.formfields import AddressField, LineField, NameField, TextField
from letters.models import Coalition, Role, User


class CoalitionForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the checker
    """A new coalition: its name, and its address, which is made from the name where left out."""

    name = LineField(label=_("Name of the coalition"), max_length=120)
    slug = forms.SlugField(
        label=_("Short name in addresses"),
        max_length=60,
        required=False,
        help_text=_("Small letters, digits and hyphens. Left empty, it is made from the name."),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocapitalize": "none"}),
    )

    class Meta:
        model = Coalition
        fields = ("name", "slug")

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].lower()
        slug = slug or slugify(self.cleaned_data.get("name", ""))[:60].strip("-")
        if not slug and "name" in self.cleaned_data:
            raise ValidationError(_("Please write a short name in Latin letters."))
        return slug


class CoalitionSettingsForm(CoalitionForm):
    """What a coalition says of itself and asks of its members."""

    description = TextField(
        label=_("What the coalition is, in a sentence or two"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    website = forms.URLField(
        label=_("Website"),
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"dir": "ltr", "autocomplete": "url"}),
    )
    imprint = forms.CharField(
        label=_("Who answers for the letters"),
        help_text=_(
            "Name and a way to reach you; it stands below each letter. Many countries’ laws ask "
            "for a postal address."
        ),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    mfa_required = forms.BooleanField(
        label=_("Members need a two-step login"),
        help_text=_("Who has none is led to set it up before entering these pages."),
        required=False,
    )

    class Meta:
        model = Coalition
        fields = ("name", "slug", "description", "website", "imprint", "mfa_required")

    def __init__(self, *args: Any, owner_has_second_step: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner_has_second_step = owner_has_second_step
        self.fields["slug"].required = True
        self.fields["slug"].help_text = _("Small letters, digits and hyphens.")

    def clean_mfa_required(self) -> bool:
        required: bool = self.cleaned_data["mfa_required"]
        if required and not self.owner_has_second_step:
            raise ValidationError(_("Please set up a two-step login for your own account first."))
        return required

    def clean_imprint(self) -> str:
        imprint: str = self.cleaned_data["imprint"]
        return imprint.replace("\r\n", "\n")


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    email = AddressField(
        label=_("Mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "inputmode": "email", "dir": "ltr"}),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.EDITOR)


class RoleForm(forms.Form):
    """A member's new role."""

    role = forms.ChoiceField(choices=Role.choices)


class NewAccountForm(forms.Form):
    """The account of an invited person, whose address the invitation's link has proved."""

    name = NameField(
        label=_("Your name"),
        max_length=120,
        help_text=_("The other members see it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("A password"),
        strip=False,
        max_length=128,
        help_text=_("At least eight characters, and none of the common ones."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> None:
        password = self.cleaned_data.get("password")
        if password:
            user = User(email=self.email, name=self.cleaned_data.get("name", ""))
            try:
                validate_password(password, user)
            except ValidationError as error:
                self.add_error("password", error)

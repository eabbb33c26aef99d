using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;

namespace Tieline.Customers.People;

internal sealed record NameInput(NameKind? Kind, string? Given = null, string? Family = null, string? FullName = null, DateOnly? FromOn = null, DateOnly? ToOn = null);

internal sealed record PhoneInput(string? Number, PhoneKind? Kind = null, bool Primary = false);

internal sealed record EmailInput(string? Address, bool Primary = false);

internal sealed record AddressInput(AddressKind? Kind, string? Line, DateOnly? FromOn = null, DateOnly? ToOn = null, bool EveryYear = false, MailKind? Carries = null);

internal sealed record IdentifierInput(IdentifierKind? Kind, string? Number);

/// <summary>Makes the parts of a person of what was typed. A part is null when a problem was added.</summary>
internal static class PersonInputs
{
    public static PersonName? Make(this NameInput input, Problems problems, string prefix, PersonKind kind, AppDb db, long personId)
    {
        var before = problems.List.Count;
        var nameKind = problems.Choice(prefix + nameof(NameInput.Kind), "Kind of name", input.Kind);
        if (nameKind is NameKind.Main or NameKind.Coming && input.Kind is not null)
            problems.Add(prefix + nameof(NameInput.Kind), "The main name is replaced, not added.", "name.main");
        var name = problems.Name(prefix, kind, input.Given, input.Family, input.FullName);
        problems.Period(prefix + nameof(NameInput.FromOn), input.FromOn, prefix + nameof(NameInput.ToOn), input.ToOn);
        return problems.List.Count > before ? null : new PersonName(db.NextId(), personId, nameKind, name.Given, name.Family, name.Full, input.FromOn, input.ToOn);
    }

    public static PersonPhone? Make(this PhoneInput input, Problems problems, string prefix, string country, AppDb db, long personId)
    {
        var kind = problems.Choice(prefix + nameof(PhoneInput.Kind), "Kind of phone", (PhoneKind?)(input.Kind ?? PhoneKind.Mobile));
        var number = problems.Phone(prefix + nameof(PhoneInput.Number), input.Number, country);
        return number is null || !Enum.IsDefined(kind) ? null
            : new PersonPhone(db.NextId(), personId, kind, number.E164, number.Extension, TypedText.OneLine(input.Number, 64), input.Primary);
    }

    public static PersonEmail? Make(this EmailInput input, Problems problems, string prefix, AppDb db, long personId) =>
        problems.Email(prefix + nameof(EmailInput.Address), input.Address) is { } address ? new PersonEmail(db.NextId(), personId, address, input.Primary) : null;

    public static PersonAddress? Make(this AddressInput input, Problems problems, string prefix, AppDb db, long personId)
    {
        var before = problems.List.Count;
        var kind = problems.Choice(prefix + nameof(AddressInput.Kind), "Kind of address", input.Kind);
        var line = problems.Text(prefix + nameof(AddressInput.Line), "Address", input.Line, 300);
        if (input.Kind is AddressKind.Seasonal or AddressKind.Temporary)
        {
            if (input.FromOn is null)
                problems.List.Add(Problem.Required(prefix + nameof(AddressInput.FromOn), "First day"));
            if (input.ToOn is null)
                problems.List.Add(Problem.Required(prefix + nameof(AddressInput.ToOn), "Last day"));
        }
        if (input.EveryYear && input.Kind is not null and not AddressKind.Seasonal)
            problems.Add(prefix + nameof(AddressInput.EveryYear), "Only a seasonal address comes back every year.", "address.every_year");
        if (input.EveryYear)
        {
            // From November to March: only day and month count.
            problems.Day(prefix + nameof(AddressInput.FromOn), input.FromOn);
            problems.Day(prefix + nameof(AddressInput.ToOn), input.ToOn);
        }
        else
        {
            problems.Period(prefix + nameof(AddressInput.FromOn), input.FromOn, prefix + nameof(AddressInput.ToOn), input.ToOn);
        }
        if (input.Carries is not null)
            problems.Choice(prefix + nameof(AddressInput.Carries), "Which mail", input.Carries);
        return problems.List.Count > before ? null : new PersonAddress(db.NextId(), personId, kind, line, input.FromOn, input.ToOn, input.EveryYear) { Carries = input.Carries };
    }

    public static PersonIdentifier? Make(this IdentifierInput input, Problems problems, string prefix, IProtectedValues values, AppDb db, long personId)
    {
        var before = problems.List.Count;
        var kind = problems.Choice(prefix + nameof(IdentifierInput.Kind), "Kind of number", input.Kind);
        var number = IdentifierText.Read(problems, prefix + nameof(IdentifierInput.Number), input.Number);
        return problems.List.Count > before ? null : IdentifierText.Protect(values, db.NextId(), personId, kind, number);
    }

    public static string Language(this Problems problems, string field, string? typed)
    {
        var code = TypedText.OneLine(typed, 20).ToLowerInvariant();
        if (code.Length == 0)
            return "en";
        if (!LanguageCode.IsKnown(code))
            problems.Add(field, "This is no language code of two letters, such as en or es.", "language.unknown");
        return code;
    }
}

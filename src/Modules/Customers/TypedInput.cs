using Tieline.Customers.People;
using Tieline.Platform.Search;
using Tieline.Platform.Uses;

namespace Tieline.Customers;

/// <summary>Checks of what is typed about customers, each with its problem at the field.</summary>
internal static class TypedInput
{
    public static readonly DateOnly FirstDay = new(1850, 1, 1);
    public static readonly DateOnly LastDay = new(2199, 12, 31);

    /// <summary>One of the values of an enum: a machine may send a number that none of them has.</summary>
    public static T Choice<T>(this Problems problems, string field, string label, T? value) where T : struct, Enum
    {
        if (value is null)
            problems.List.Add(Problem.Required(field, label));
        else if (!Enum.IsDefined(value.Value))
            problems.Add(field, $"{label} is none of {string.Join(", ", Enum.GetNames<T>())}.", "choice.unknown");
        return value ?? default;
    }

    /// <summary>A day that can be one of a living customer's: neither the year 1 nor the year 9999.</summary>
    public static void Day(this Problems problems, string field, DateOnly? on)
    {
        if (on < FirstDay || on > LastDay)
            problems.Add(field, $"{on:d MMM yyyy} is not possible here.", "date.impossible");
    }

    public static void NotAfter(this Problems problems, string field, DateOnly? on, DateOnly today)
    {
        problems.Day(field, on);
        if (on > today && on <= LastDay)
            problems.Add(field, "This day is yet to come.", "date.future");
    }

    public static void Period(this Problems problems, string fromField, DateOnly? from, string toField, DateOnly? to)
    {
        problems.Day(fromField, from);
        problems.Day(toField, to);
        problems.InOrder(toField, from, to);
    }

    public static PhoneNumber? Phone(this Problems problems, string field, string? typed, string country)
    {
        if (PhoneNumber.TryParse(typed, country, out var number, out var problem))
            return number;
        problems.Add(field, problem, string.IsNullOrWhiteSpace(typed) ? "required" : "phone.unreadable");
        return null;
    }

    public static string? Email(this Problems problems, string field, string? typed)
    {
        if (EmailText.TryRead(typed, out var address, out var problem))
            return address;
        problems.Add(field, problem, string.IsNullOrWhiteSpace(typed) ? "required" : "email.unreadable");
        return null;
    }

    /// <param name="prefix">Path of the name's fields: empty, or <c>Names[2].</c></param>
    public static TypedName Name(this Problems problems, string prefix, PersonKind kind, string? given, string? family, string? full)
    {
        if (kind == PersonKind.Organization)
        {
            var name = problems.Text(prefix + "FullName", "Name", full, 200);
            Readable(problems, prefix + "FullName", name);
            return new TypedName(null, null, name);
        }
        if (string.IsNullOrWhiteSpace(given) && string.IsNullOrWhiteSpace(family) && !string.IsNullOrWhiteSpace(full))
        {
            var typed = problems.Text(prefix + "FullName", "Name", full, 200);
            Readable(problems, prefix + "FullName", typed);
            var (first, last) = PersonNameText.Split(typed, organisation: false);
            return new TypedName(first, last, PersonNameText.Display(first, last, typed));
        }
        var givenName = problems.Text(prefix + "Given", "Given name", given, 100, required: false);
        // People with a single name have it as either of the two.
        var familyName = problems.Text(prefix + "Family", "Family name", family, 100, required: givenName.Length == 0);
        if (givenName.Length + familyName.Length > 0)
            Readable(problems, prefix + (familyName.Length > 0 ? "Family" : "Given"), $"{givenName} {familyName}");
        return new TypedName(OrNull(givenName), OrNull(familyName), PersonNameText.Display(OrNull(givenName), OrNull(familyName), null));
    }

    private static string? OrNull(string text) => text.Length == 0 ? null : text;

    private static void Readable(Problems problems, string field, string name)
    {
        if (name.Length > 0 && SearchText.Fold(name).Length == 0)
            problems.Add(field, "A name has letters or digits.", "name.unreadable");
    }
}

internal sealed record TypedName(string? Given, string? Family, string Full);

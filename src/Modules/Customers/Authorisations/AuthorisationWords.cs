namespace Tieline.Customers.Authorisations;

/// <summary>What somebody may do, and how that was said, as one reads it.</summary>
internal static class AuthorisationWords
{
    public static string Of(string scopes) => string.Join(", ", Authorisation.Read(scopes).Select(Of));

    /// <summary>"Maria Cole, energy adviser: information only, account 4711-0420-3, until 3 Mar 2027": as whoever speaks with them must see it.</summary>
    public static string Of(string name, string? organisation, string scopes, string? account, DateOnly toOn) =>
        $"{name}{(organisation is null ? "" : $", {organisation}")}: {(scopes == nameof(AuthorisationScope.Information) ? "information only" : Of(scopes))}{(account is null ? "" : $", account {account} only")}, until {toOn:d MMM yyyy}";

    public static string Of(AuthorisationScope scope) => scope switch
    {
        AuthorisationScope.Information => "hear about the account",
        AuthorisationScope.PaymentArrangement => "arrange payments",
        AuthorisationScope.Changes => "change what is on record",
        AuthorisationScope.StartAndStop => "start and stop service",
        _ => "everything",
    };

    public static string Of(AuthorisationForm form) => form switch
    {
        AuthorisationForm.Written => "in writing",
        AuthorisationForm.Spoken => "by word of mouth",
        _ => "power of attorney",
    };
}

namespace Tieline.Customers.Authorisations;

/// <summary>What somebody may do, and how that was said, as one reads it.</summary>
internal static class AuthorisationWords
{
    public static string Of(string scopes) => string.Join(", ", Authorisation.Read(scopes).Select(Of));

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

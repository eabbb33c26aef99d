using Tieline.Platform.Uses;

namespace Tieline.Contacts.Records;

/// <summary>When a contact may have happened.</summary>
internal static class ContactTime
{
    /// <summary>An instant as a request brings it: without a zone it is UTC.</summary>
    public static DateTime InUtc(this DateTime at) => at.Kind == DateTimeKind.Local ? at.ToUniversalTime() : DateTime.SpecifyKind(at, DateTimeKind.Utc);

    // Clocks of machines that report contacts differ by a little.
    public static bool IsPossible(DateTime at, DateTime now) => at <= now.AddMinutes(5) && at >= now.AddYears(-150);

    public static void Check(DateTime? at, DateTime now, Problems problems)
    {
        if (at is { } instant && !IsPossible(instant, now))
            problems.Add("OccurredAt", "A contact cannot lie in the future, nor that far back.", "contact.occurred_at");
    }
}

using Tieline.Platform;
using Tieline.Platform.Audit;
using Tieline.Platform.Settings;

namespace Tieline.Customers.Finding;

/// <summary>Keeps of every search who was shown, and what was typed without the secret numbers in it.</summary>
internal sealed class CustomerLooks(IAuditTrail audit, ISettings settings)
{
    /// <param name="found">What was typed is the whole of a secret number on record.</param>
    public async Task Searched(string typed, bool found, IEnumerable<long> shown, CancellationToken ct) =>
        await Keep(TypedSecrets.Masked(typed, found, await settings.Get(HouseSettings.Country, ct)), shown, ct);

    /// <summary>Asked after each key: of a number that may become a secret one nothing is kept but how it begins.</summary>
    public async Task WhileTyping(string typed, IEnumerable<long> shown, CancellationToken ct) =>
        await Keep(TypedSecrets.Begun(typed, await settings.Get(HouseSettings.Country, ct)), shown, ct);

    private Task Keep(string query, IEnumerable<long> shown, CancellationToken ct) =>
        audit.Looked(new RecordRef("search", 0), ct, query, shown.Distinct());
}

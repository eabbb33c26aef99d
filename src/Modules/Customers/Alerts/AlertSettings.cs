using Tieline.Platform.Data;

namespace Tieline.Customers.Alerts;

internal sealed class AlertSettings(ReferenceCache<KnownAlerts> known) : IAlertSettings
{
    public async Task<int> Saying(string alert, string condition, string value, CancellationToken ct) =>
        (await known.Get(ct)).Settings.Count(s => s.Code == alert && string.Equals(s.Typed.GetValueOrDefault(condition), value, StringComparison.OrdinalIgnoreCase));
}

using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;

namespace Tieline.Platform.WebHooks;

/// <summary>The secrets by which targets know us: kept encrypted, shown once when they are made.</summary>
internal sealed class HookSecrets(IProtectedValues values, TimeProvider time)
{
    public const string Prefix = "whsec_";
    public static readonly TimeSpan Overlap = TimeSpan.FromDays(1);
    private const string Purpose = "platform.web_hook_secret";

    public static string New() => Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public byte[] Protect(string secret) => values.Protect(Purpose, secret);

    /// <summary>Those that sign now.</summary>
    public IReadOnlyList<string> Of(WebHook hook) => hook is { PreviousSecret: { } previous, PreviousUntilAt: { } until } && until > time.GetUtcNow().UtcDateTime
        ? [values.Unprotect(Purpose, hook.Secret), values.Unprotect(Purpose, previous)]
        : [values.Unprotect(Purpose, hook.Secret)];

    public bool Renew(WebHook hook)
    {
        var (secret, previous) = (Current(hook.Secret), hook.PreviousSecret is { } old ? Current(old) : null);
        if (ReferenceEquals(secret, hook.Secret) && ReferenceEquals(previous, hook.PreviousSecret))
            return false;
        (hook.Secret, hook.PreviousSecret) = (secret, previous);
        return true;
    }

    private byte[] Current(byte[] bytes) => values.IsCurrent(bytes) ? bytes : values.Protect(Purpose, values.Unprotect(Purpose, bytes));
}

internal sealed class RotateHookSecrets(AppDb db, HookSecrets secrets) : IRotateValues
{
    public string Name => "web hook secrets";

    public async Task<RotatedSlice> RotateNext(long after, int limit, CancellationToken ct)
    {
        var slice = await db.Set<WebHook>().Where(h => h.Id > after).OrderBy(h => h.Id).Take(limit).ToListAsync(ct);
        var changed = slice.Count(secrets.Renew);
        await db.SaveChangesAsync(ct);
        return new RotatedSlice(slice.Count == 0 ? null : slice[^1].Id, changed);
    }
}

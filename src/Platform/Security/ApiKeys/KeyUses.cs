using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Uses;

namespace Tieline.Platform.Security;

/// <param name="Prefix">The readable start of the key: <c>tl_PREFIX_...</c></param>
public sealed record ApiKeyLine(
    long Id, string Name, string Prefix, IReadOnlyList<string> Permissions, ActorRef CreatedBy, DateTime CreatedAt, DateTime? ExpiresAt, DateTime? RevokedAt);

/// <summary>All API keys, the newest first.</summary>
internal sealed class ListApiKeys(AppDb db, CurrentActor actor) : IUse<ListApiKeys.Input, Page<ApiKeyLine>>
{
    /// <param name="PageNumber">From 1.</param>
    /// <param name="Size">1 to 200; 50 when left out.</param>
    public sealed record Input(int? PageNumber = null, int? Size = null);

    public async Task<Outcome<Page<ApiKeyLine>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageApiKeys);
        var size = Math.Clamp(input.Size ?? 50, 1, 200);
        var page = Math.Max(input.PageNumber ?? 1, 1);
        var keys = db.Set<ApiKey>().AsNoTracking();
        var rows = await keys.OrderByDescending(k => k.Id).Skip((page - 1) * size).Take(size).ToListAsync(ct);
        return new Page<ApiKeyLine>(
            rows.ConvertAll(k => new ApiKeyLine(k.Id, k.Name, k.Prefix, k.Permissions.Split(' '), k.CreatedBy, k.CreatedAt, k.ExpiresAt, k.RevokedAt)),
            Total: await keys.LongCountAsync(ct));
    }
}

/// <summary>Makes an API key for a machine. Nobody can give it a right they do not hold themselves.</summary>
internal sealed class CreateApiKey(AppDb db, ApiKeys keys, ModuleList modules, CurrentActor actor) : IUse<CreateApiKey.Input, CreateApiKey.Created>
{
    private const int LongestLife = 3650;

    /// <param name="ExpiresInDays">1 to 3,650; null never expires.</param>
    public sealed record Input(string? Name, IReadOnlyList<string>? Permissions, int? ExpiresInDays = null);

    /// <param name="Key">Shown this once; only its hash is kept.</param>
    [NotRemembered("the secret is shown once")]
    public sealed record Created(long Id, string Key);

    public async Task<Outcome<Created>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageApiKeys);
        var problems = new Problems();
        var name = problems.Text(nameof(Input.Name), "Name", input.Name, 100);
        var permissions = (input.Permissions ?? []).Distinct(StringComparer.Ordinal).ToList();
        if (permissions.Count == 0)
            problems.Add(nameof(Input.Permissions), "A key without a right opens nothing: choose at least one.", "required");
        var known = modules.Modules.SelectMany(m => m.Permissions).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var permission in permissions)
        {
            if (!known.Contains(permission))
                problems.Add(nameof(Input.Permissions), $"There is no right '{TypedText.OneLine(permission, 100)}'.", "right.unknown");
            else if (!actor.Actor.May(permission) && !actor.Actor.May(MachineKey.GrantAnything))
                problems.Add(nameof(Input.Permissions), $"You do not have the right '{permission}' yourself, so you cannot give it to a key.", "right.not_yours");
        }
        if (input.ExpiresInDays is < 1 or > LongestLife)
            problems.Add(nameof(Input.ExpiresInDays), $"A key lasts 1 to {LongestLife:N0} days.", "out_of_range");
        if (problems.Any)
            return problems;

        var id = db.NextId();
        var key = keys.Create(id, name, permissions, input.ExpiresInDays is { } days ? db.Now.AddDays(days) : null);
        await db.SaveChangesAsync(ct);
        return new Created(id, key);
    }
}

/// <summary>Ends an API key for good: at once on this node, within ten seconds on the others.</summary>
internal sealed class RevokeApiKey(AppDb db, ApiKeys keys, CurrentActor actor) : IUse<RevokeApiKey.Input, Done>
{
    /// <param name="Key">Instead of the id: the key's prefix or unmistakable name, on the command line.</param>
    public sealed record Input(long Id = 0, string? Key = null);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(PlatformPermissions.ManageApiKeys);
        var found = await db.Set<ApiKey>()
            .Where(k => input.Key == null ? k.Id == input.Id : k.Prefix == input.Key || (k.Name == input.Key && k.RevokedAt == null)).Take(2).ToListAsync(ct);
        if (found is not [var key])
            return found.Count == 0 ? Problem.NotFound("The key") : new Problem(null, "Several keys have this name; name one by its prefix.", "key.ambiguous");
        if (key.RevokedAt is null)
        {
            keys.Revoke(key);
            await db.SaveChangesAsync(ct);
        }
        return Done.It;
    }
}

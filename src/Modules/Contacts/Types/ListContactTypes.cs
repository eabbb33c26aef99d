using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Types;

/// <summary>A type as administrators see it.</summary>
/// <param name="ClassInForce">False: it cannot be recorded today, whatever its own days say.</param>
internal sealed record TypeRow(
    long Id, long ClassId, string Class, string Code, string Name, string? Shorthand, LinkRule PersonRule, LinkRule AccountRule, LinkRule PremiseRule, bool StaysOpen,
    bool HasScript, bool ClassInForce, DateOnly FromOn, DateOnly? ToOn, int Version)
{
    public static IQueryable<TypeRow> Of(AppDb db, IQueryable<ContactType> types, DateOnly today) =>
        from t in types
        join c in db.Set<ContactClass>() on t.ClassId equals c.Id
        orderby c.Name, t.Name, t.Id
        select new TypeRow(t.Id, c.Id, c.Name, t.Code, t.Name, t.Shorthand, t.PersonRule, t.AccountRule, t.PremiseRule, t.StaysOpen,
            t.Script != null, db.Set<ContactClass>().Where(ContactClass.InForce(today)).Any(f => f.Id == c.Id), t.FromOn, t.ToOn, t.Version);
}

internal sealed class ListContactTypes(AppDb db, CurrentActor actor, IUtilityClock clock) : IUse<ListContactTypes.Input, Page<TypeRow>>
{
    /// <param name="Search">Part of code or name, the shorthand, or words of the script.</param>
    /// <param name="InForce">Only those that can (or cannot) be recorded today: they and their class are in use.</param>
    /// <param name="Script">Only those with (or without) a script.</param>
    public sealed record Input(string? Search = null, long? ClassId = null, bool? InForce = null, int? Page = null, int? Size = null, bool? Script = null);

    public async Task<Outcome<Page<TypeRow>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Read);
        var types = db.Set<ContactType>().AsNoTracking();
        var today = await clock.Today(ct);
        if (input.ClassId is { } classId)
            types = types.Where(t => t.ClassId == classId);
        if (input.InForce is { } inForce)
        {
            var classes = db.Set<ContactClass>().Where(ContactClass.InForce(today)).Select(c => c.Id);
            types = types.Where(t => (t.FromOn <= today && (t.ToOn == null || t.ToOn >= today) && classes.Contains(t.ClassId)) == inForce);
        }
        if (input.Script is { } script)
            types = types.Where(t => (t.Script != null) == script);
        if (TypedText.OneLineOrNull(input.Search, 100)?.ToLowerInvariant() is { } part)
            types = types.Where(t => t.Code.ToLower().Contains(part) || t.Name.ToLower().Contains(part) || t.Shorthand == part || (t.Script != null && t.Script.ToLower().Contains(part)));
        return await TypeRow.Of(db, types, today).PageOf(input.Page, input.Size, ct);
    }
}

internal sealed class GetContactType(AppDb db, CurrentActor actor) : IUse<GetContactType.Input, GetContactType.File>
{
    public sealed record Input(long Id);

    public sealed record File(
        long Id, string Code, long ClassId, string Class, string Name, string? Shorthand, string? DefaultText, ContactDirection DefaultDirection, LinkRule PersonRule, LinkRule AccountRule,
        LinkRule PremiseRule, bool StaysOpen, bool Emergency, string? Script, long? DefaultRoleId, IReadOnlyDictionary<string, string> Translations, DateOnly FromOn, DateOnly? ToOn,
        IReadOnlyList<CharacteristicFields> Characteristics, int Version);

    public async Task<Outcome<File>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Read);
        if (await db.Set<ContactType>().AsNoTracking().Include(t => t.Characteristics).SingleOrDefaultAsync(t => t.Id == input.Id, ct) is not { } type)
            return Problem.NotFound("The type");
        var kind = await db.Set<ContactClass>().AsNoTracking().SingleAsync(c => c.Id == type.ClassId, ct);
        return new File(
            type.Id, type.Code, type.ClassId, kind.Name, type.Name, type.Shorthand, type.DefaultText, type.DefaultDirection, type.PersonRule, type.AccountRule, type.PremiseRule,
            type.StaysOpen, type.Emergency, type.Script, type.DefaultRoleId, type.Translations is null ? new Dictionary<string, string>() : JsonSerializer.Deserialize<Dictionary<string, string>>(type.Translations)!,
            type.FromOn, type.ToOn,
            [.. type.Characteristics.OrderBy(c => c.Position).Select(c => new CharacteristicFields(c.Code, c.Label, c.Kind, c.Required, c.Choices))], type.Version);
    }
}

using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Types;

/// <summary>A class as it is listed.</summary>
internal sealed record ClassRow
{
    public long Id { get; init; }
    public string Code { get; init; } = "";
    public string Name { get; init; } = "";
    public bool Active { get; init; }
    public DateOnly? FromOn { get; init; }
    public DateOnly? ToOn { get; init; }
    public int Types { get; init; }
    public int Version { get; init; }

    public static IQueryable<ClassRow> Of(AppDb db) => db.Set<ContactClass>().Select(c => new ClassRow
    {
        Id = c.Id, Code = c.Code, Name = c.Name, Active = c.Active, FromOn = c.FromOn, ToOn = c.ToOn, Types = db.Set<ContactType>().Count(t => t.ClassId == c.Id), Version = c.Version,
    });
}

internal sealed class ListContactClasses(AppDb db, CurrentActor actor, IUtilityClock clock) : IUse<ListContactClasses.Input, Page<ClassRow>>
{
    /// <param name="Search">Part of code or name.</param>
    /// <param name="InForce">Only those whose types can (or cannot) be recorded today.</param>
    public sealed record Input(string? Search = null, bool? Active = null, string? Sort = null, int? Page = null, int? Size = null, bool? InForce = null);

    private static readonly Sorting<ClassRow> Orders = new(c => c.Id, ("name", c => c.Name), ("code", c => c.Code), ("types", c => c.Types));

    public async Task<Outcome<Page<ClassRow>>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Read);
        var rows = ClassRow.Of(db);
        if (input.Active is { } active)
            rows = rows.Where(c => c.Active == active);
        if (input.InForce is { } inForce)
        {
            var running = db.Set<ContactClass>().Where(ContactClass.InForce(await clock.Today(ct))).Select(c => c.Id);
            rows = rows.Where(c => running.Contains(c.Id) == inForce);
        }
        if (TypedText.OneLineOrNull(input.Search, 100)?.ToLowerInvariant() is { } part)
            rows = rows.Where(c => c.Code.ToLower().Contains(part) || c.Name.ToLower().Contains(part));
        return await Orders.Apply(rows, input.Sort).PageOf(input.Page, input.Size, ct);
    }
}

internal sealed class GetContactClass(AppDb db, CurrentActor actor) : IUse<GetContactClass.Input, ClassRow>
{
    public sealed record Input(long Id);

    public async Task<Outcome<ClassRow>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Read);
        return await ClassRow.Of(db).SingleOrDefaultAsync(c => c.Id == input.Id, ct) is { } row ? row : Problem.NotFound("The class");
    }
}

/// <summary>Adds a class of contact types. Its code stays for good.</summary>
internal sealed class AddContactClass(AppDb db, CurrentActor actor, FoundType known) : IUse<AddContactClass.Input, Added>
{
    /// <param name="FromOn">First day on which its types can be recorded; at once when null.</param>
    /// <param name="ToOn">The last day.</param>
    public sealed record Input(string? Code, string? Name, DateOnly? FromOn = null, DateOnly? ToOn = null);

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Types);
        var problems = new Problems();
        var code = problems.Code(nameof(Input.Code), "Code", input.Code, 30);
        var name = problems.Text(nameof(Input.Name), "Name", input.Name, 100);
        if (await db.Set<ContactClass>().AnyAsync(c => c.Code == code, ct))
            problems.Add(nameof(Input.Code), $"There is already a class with the code {code}.", "contact.class.code.taken");
        ClassRules.CheckDays(input.FromOn, input.ToOn, problems);
        if (problems.Any)
            return problems;
        var added = new ContactClass(db.NextId(), code, name, input.FromOn, input.ToOn);
        db.Add(added);
        known.Change();
        await db.SaveChangesAsync(ct);
        return new Added(added.Id);
    }
}

/// <summary>Renames a class, or takes it out of use with its types: contacts recorded so stay as they are.</summary>
internal sealed class ChangeContactClass(AppDb db, CurrentActor actor, FoundType known) : IUse<ChangeContactClass.Input, Done>
{
    public sealed record Input(long Id, int Version, string? Name, bool? Active, DateOnly? FromOn = null, DateOnly? ToOn = null);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Types);
        if (await db.Set<ContactClass>().SingleOrDefaultAsync(c => c.Id == input.Id, ct) is not { } changed)
            return Problem.NotFound("The class");
        var problems = new Problems();
        var name = problems.Text(nameof(Input.Name), "Name", input.Name, 100);
        var active = problems.Said(nameof(Input.Active), "In use", input.Active);
        ClassRules.CheckDays(input.FromOn, input.ToOn, problems);
        if (problems.Any)
            return problems;
        db.Expect(changed, input.Version);
        changed.Change(name, active, input.FromOn, input.ToOn);
        known.Change();
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}

internal static class ClassRules
{
    public static void CheckDays(DateOnly? from, DateOnly? to, Problems problems)
    {
        if (to < from)
            problems.Add("ToOn", "The last day lies before the first.", "contact.class.days");
    }
}

using Microsoft.EntityFrameworkCore;
using Tieline.Platform.Data;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;

namespace Tieline.Contacts.Types;

/// <summary>Adds a contact type. Its code stays for good.</summary>
internal sealed class AddContactType(AppDb db, CurrentActor actor, TypeRules rules, FoundType known, IUtilityClock clock) : IUse<AddContactType.Input, Added>
{
    public sealed record Input : TypeFields
    {
        public string? Code { get; init; }
    }

    public async Task<Outcome<Added>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Types);
        var problems = new Problems();
        var today = await clock.Today(ct);
        var code = problems.Code(nameof(Input.Code), "Code", input.Code, 30);
        if (await db.Set<ContactType>().AnyAsync(t => t.Code == code, ct))
            problems.Add(nameof(Input.Code), $"There is already a type with the code {code}.", "contact.type.code.taken");
        if (await rules.Check(input, null, today, problems, ct) is not { } apply)
            return problems;
        var type = new ContactType { Id = db.NextId(), ClassId = input.ClassId!.Value, Code = code, Name = "", FromOn = today };
        apply(type);
        db.Add(type);
        known.Change();
        await db.SaveChangesAsync(ct);
        return new Added(type.Id);
    }
}

/// <summary>Changes a contact type. Contacts recorded before stay as they are.</summary>
internal sealed class ChangeContactType(AppDb db, CurrentActor actor, TypeRules rules, FoundType known, IUtilityClock clock) : IUse<ChangeContactType.Input, Done>
{
    public sealed record Input : TypeFields
    {
        public long Id { get; init; }
        /// <summary>As it was read: the second of two people who save hears of the first.</summary>
        public int Version { get; init; }
    }

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Types);
        if (await db.Set<ContactType>().Include(t => t.Characteristics).SingleOrDefaultAsync(t => t.Id == input.Id, ct) is not { } type)
            return Problem.NotFound("The type");
        var problems = new Problems();
        if (await rules.Check(input, type, await clock.Today(ct), problems, ct) is not { } apply)
            return problems;
        db.Expect(type, input.Version);
        apply(type);
        known.Change();
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}

/// <summary>Takes a type out of use after a day.</summary>
internal sealed class EndContactType(AppDb db, CurrentActor actor, FoundType known, IUtilityClock clock) : IUse<EndContactType.Input, Done>
{
    /// <param name="LastOn">Last day on which it can be recorded; yesterday when null: it is gone at once.</param>
    public sealed record Input(long Id, int Version, DateOnly? LastOn);

    public async Task<Outcome<Done>> Handle(Input input, CancellationToken ct)
    {
        actor.Require(ContactsPermissions.Types);
        if (await db.Set<ContactType>().SingleOrDefaultAsync(t => t.Id == input.Id, ct) is not { } type)
            return Problem.NotFound("The type");
        var last = input.LastOn ?? (await clock.Today(ct)).AddDays(-1);
        if (input.LastOn is not null && last < type.FromOn)
            return new Problem(nameof(Input.LastOn), "The last day lies before the first.", "contact.type.days");
        db.Expect(type, input.Version);
        type.ToOn = last;
        type.Touch();
        known.Change();
        await db.SaveChangesAsync(ct);
        return Done.It;
    }
}

using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Emergency;
using Tieline.Contacts.Interactions;
using Tieline.Contacts.Reminders;
using Tieline.Contacts.Types;
using Tieline.Contacts.WrapUps;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.ToDos;

namespace Tieline.Contacts;

/// <summary>What the room needs in every installation: the To Do type of reminders, and one contact type where there is none.</summary>
internal sealed class ContactsStart(AppDb db, IToDos toDos) : IStartStep
{
    public const string General = "GENERAL";

    private static readonly (string Code, string Name, bool Resolves)[] WrapUps =
    [
        ("ANSWERED", "Answered", true), ("DONE", "Done as asked", true), ("FOLLOW-UP", "Follow-up promised", false), ("PASSED-ON", "Passed on", false), ("REFUSED", "Refused", false),
        (RecordWrongNumber.Code, "Wrong number", true),
    ];

    public int Order => 400;

    public async Task Run(CancellationToken ct)
    {
        try
        {
            await Seed(ct);
        }
        catch (DbUpdateException exception) when (db.Dialect.IsUniqueViolation(exception))
        {
            // Another node started at the same moment and was first.
            db.Forget();
            await Seed(ct);
        }
    }

    private async Task Seed(CancellationToken ct)
    {
        await toDos.EnsureType(ReminderBook.ToDoType, "Customer follow-up", 5, ReminderBook.DefaultRole, ct);
        await toDos.EnsureType(EmergencyDesk.ToDoType, "Emergency", 1, ReminderBook.DefaultRole, ct);
        if (!await db.Set<ContactType>().AnyAsync(ct))
        {
            var general = await GeneralClass(ct);
            var type = new ContactType
            {
                // In force for whatever is imported from before, too.
                Id = db.NextId(), ClassId = general.Id, Code = General, Name = "General enquiry", Shorthand = "ge", FromOn = new DateOnly(2000, 1, 1), Translations = """{"es":"Consulta general"}""",
            };
            type.Allow(LinkRule.Optional, LinkRule.Optional, LinkRule.Optional);
            db.Add(type);
        }
        if (!await db.Set<ContactType>().AnyAsync(t => t.Code == RecordWrongNumber.Code, ct))
        {
            var wrong = new ContactType
            {
                Id = db.NextId(), ClassId = (await GeneralClass(ct)).Id, Code = RecordWrongNumber.Code, Name = "Wrong number", FromOn = new DateOnly(2000, 1, 1),
                Translations = """{"es":"Número equivocado"}""",
            };
            wrong.Allow(LinkRule.Optional, LinkRule.Optional, LinkRule.Optional);
            db.Add(wrong);
        }
        if (!await db.Set<WrapUpCode>().AnyAsync(ct))
            db.AddRange(WrapUps.Select((w, i) => new WrapUpCode(db.NextId(), w.Code, w.Name, w.Resolves, i + 1, new DateOnly(2000, 1, 1), null)));
        await db.SaveChangesAsync(ct);
    }

    private async Task<ContactClass> GeneralClass(CancellationToken ct)
    {
        if (db.Set<ContactClass>().Local.FirstOrDefault(c => c.Code == General) is { } added)
            return added;
        var general = await db.Set<ContactClass>().SingleOrDefaultAsync(c => c.Code == General, ct);
        if (general is null)
            db.Add(general = new ContactClass(db.NextId(), General, "General"));
        return general;
    }
}

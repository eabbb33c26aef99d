using Microsoft.EntityFrameworkCore;
using Tieline.Contacts.Reminders;
using Tieline.Contacts.Types;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.ToDos;

namespace Tieline.Contacts;

/// <summary>What the room needs in every installation: the To Do type of reminders, and one contact type where there is none.</summary>
internal sealed class ContactsStart(AppDb db, IToDos toDos) : IStartStep
{
    public const string General = "GENERAL";

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
        if (!await db.Set<ContactType>().AnyAsync(ct))
        {
            var general = await db.Set<ContactClass>().SingleOrDefaultAsync(c => c.Code == General, ct);
            if (general is null)
                db.Add(general = new ContactClass(db.NextId(), General, "General"));
            var type = new ContactType
            {
                // In force for whatever is imported from before, too.
                Id = db.NextId(), ClassId = general.Id, Code = General, Name = "General enquiry", Shorthand = "ge", FromOn = new DateOnly(2000, 1, 1), Translations = """{"es":"Consulta general"}""",
            };
            type.Allow(LinkRule.Optional, LinkRule.Optional, LinkRule.Optional);
            db.Add(type);
        }
        await db.SaveChangesAsync(ct);
    }
}

using Tieline.Contacts.Interactions;
using Tieline.Contacts.Records;
using Tieline.Contacts.Reminders;
using Tieline.Contacts.Types;
using Tieline.Contacts.WrapUps;
using Tieline.Customers;
using Tieline.Platform;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;
using Tieline.Platform.Security;
using Tieline.ToDos;

namespace Tieline.Contacts.Demo;

/// <summary>Turns a range of the world's contacts into records.</summary>
internal sealed class DemoBook(DemoStaff start, Func<long> nextId)
{
    private const int MonthsOfToDos = 4;

    /// <summary>Calls and visits are there for the last two weeks: enough for figures of them.</summary>
    private const int DaysOfCalls = 14;

    private static readonly ActorRef Night = new(ActorKind.Process, 0, ReminderBook.ToDoType);

    private readonly DemoStream stream = new(start.World.Plan.Seed, "contact records");
    private readonly DemoStream calls = new(start.World.Plan.Seed, "calls");
    private readonly DateOnly today = start.World.Plan.AsOf;

    public List<Interaction> Calls { get; } = [];
    public List<InteractionSpan> Spans { get; } = [];
    public List<Contact> Contacts { get; } = [];
    public List<ContactLog> Logs { get; } = [];
    public List<Reminder> Reminders { get; } = [];
    public List<TimelineLine> Lines { get; } = [];
    public List<PastToDo> ToDos { get; } = [];

    public void Enter(DemoContact from)
    {
        var random = stream.At(from.Index);
        var type = start.Types.ByCode[from.Type.Code];
        var (call, wrapUp) = Call(from);
        var contact = new Contact
        {
            Id = nextId(), Reference = ReferenceNumber.Format(from.Index + 1, "C"), TypeId = type.Id, Channel = ChannelOf(from.Channel),
            Direction = from.Outbound ? ContactDirection.Outbound : ContactDirection.Inbound, OccurredAt = from.At, RecordedAt = from.At,
            RecordedBy = start.Actors[from.EmployeeIndex], Characteristics = DemoTypes.Characteristics(type, from, ref random),
            InteractionId = call?.Id, WrapUpCodeId = wrapUp?.Id, ResolvedNow = wrapUp?.Resolves,
        };
        contact.BelongTo(
            from.PersonIndex < 0 ? null : start.FirstPerson + from.PersonIndex, from.WithAccount ? start.FirstAccount + from.PersonIndex : null,
            from.PremiseIndex < 0 ? null : start.FirstPremise + from.PremiseIndex);
        var promise = from.Reminder is null ? null : Left(from.Reminder, ref random);
        if (from.ClosedAt is not null && promise is { ResolvedAt: null } && !type.StaysOpen)
            contact.OpenForPromise();
        else if (from.ClosedAt is null || promise is { ResolvedAt: null })
            contact.Open();
        else if (type.StaysOpen || from.Reminder is not null)
            contact.Close(from.ClosedAt.Value);
        Contacts.Add(contact);
        var first = Log(contact, from.Entries[0].At, start.Actors[from.Entries[0].EmployeeIndex], LogKind.Comment, from.Entries[0].Text);
        foreach (var entry in from.Entries.Skip(1))
            Log(contact, entry.At, start.Actors[entry.EmployeeIndex], LogKind.Comment, entry.Text);
        if (promise is not null)
            Enter(from, contact, first, promise, ref random);
        Lines.Add(new TimelineLine(
            nextId(), contact.PersonId, contact.AccountId, contact.PremiseId, contact.OccurredAt, "contact", type.Name, RecordContact.Extract(first.Body),
            contact.Status == ContactStatus.Open, contact.AuditSubject));
    }

    /// <summary>The call or visit in which it was said, of a stream of its own: everything else stays as it was without calls.</summary>
    private (Interaction? Call, WrapUpCode? WrapUp) Call(DemoContact from)
    {
        if (DateOnly.FromDateTime(from.LocalAt) < today.AddDays(-DaysOfCalls) || from.Channel is not ("phone" or "counter") || start.WrapUps.Count == 0)
            return (null, null);
        var random = calls.At(from.Index);
        var (before, after) = (random.Between(30, 260), random.Between(20, 240));
        var by = start.Actors[from.EmployeeIndex];
        var call = new Interaction
        {
            Id = nextId(), Reference = ReferenceNumber.Format(from.Index + 1, "I"), Channel = ChannelOf(from.Channel), Direction = from.Outbound ? ContactDirection.Outbound : ContactDirection.Inbound,
            EmployeeId = by.Id, Employee = by.Name, StartedAt = from.At.AddSeconds(-before), SinceAt = from.At.AddSeconds(-before),
            NumberOrPlace = from.Channel == "counter" ? "Main office" : from.PersonIndex >= 0 && random.Chance(0.9) ? start.World.Person(from.PersonIndex).Phone.Typed : null,
        };
        if (from.PersonIndex >= 0)
            call.TakeCaller(start.FirstPerson + from.PersonIndex);
        if (call.End(null, from.At.AddSeconds(after), nextId) is { } span)
            Spans.Add(span);
        Calls.Add(call);
        var open = from.Type.StaysOpen || from.Reminder is not null;
        var fitting = start.WrapUps.Where(w => w.Resolves != open).ToArray();
        return (call, fitting.Length == 0 ? start.WrapUps[0] : random.Pick(fitting));
    }

    /// <summary>On whatever day of the week someone tries the demonstration, promises of today stand there, and a few that are late.</summary>
    private DemoReminder Left(DemoReminder promise, ref DemoRandom random)
    {
        var recent = promise.ResolvedAt is not null && promise.DueOn >= today.AddDays(-7) && promise.DueOn <= today;
        return recent && random.Chance(0.5 * Math.Min(1, 20_000.0 / start.World.Plan.People))
            ? promise with { ResolvedAt = null, DueOn = random.Chance(0.8) ? today : promise.DueOn } : promise;
    }

    private void Enter(DemoContact from, Contact contact, ContactLog log, DemoReminder promise, ref DemoRandom random)
    {
        var to = promise.Role.Length == 0 ? start.Actors[promise.EmployeeIndex] : (ActorRef?)null;
        var soon = promise.ResolvedAt is null && promise.DueOn >= today.AddDays(-4) && promise.DueOn <= today.AddDays(7);
        // Whoever tries the demonstration finds work of their own.
        if (soon && start.SignIns.Length > 0 && (to is not null || random.Chance(0.3)))
            to = random.Pick(start.SignIns);
        var role = to is null ? start.Roles[promise.Role] : null;
        var window = promise.From is not null;
        var reminder = new Reminder
        {
            Id = nextId(), ContactId = contact.Id, LogId = log.Id, EmployeeId = to?.Id, RoleId = role?.Id, AddressedTo = to?.Name ?? role!.Name, TriggerOn = promise.DueOn,
            FromTime = promise.From, ToTime = promise.To, Body = promise.Text,
            Phone = window && from.PersonIndex >= 0 ? start.World.Person(from.PersonIndex).Phone.Typed : null,
        };
        var by = start.Actors[promise.EmployeeIndex];
        if (promise.DueOn <= today)
            reminder.FallDue();
        if (promise.ResolvedAt is { } resolvedAt)
        {
            reminder.Resolve(by, resolvedAt, promise.Resolution);
            Log(contact, resolvedAt, by, LogKind.Resolution, promise.Resolution);
        }
        Reminders.Add(reminder);
        if (promise.DueOn > today || (promise.ResolvedAt is not null && promise.DueOn < today.AddMonths(-MonthsOfToDos)))
            return;
        var work = new NewToDo(
            ReminderBook.ToDoType, reminder.Phone is null ? reminder.Body : $"{reminder.Body} (call {reminder.Phone})", reminder.TriggerOn, reminder.Ref,
            At(promise.DueOn, promise.From), At(promise.DueOn, promise.To), reminder.EmployeeId, reminder.RoleId, contact.PersonId, contact.AccountId, contact.PremiseId,
            contact.Id, window ? 3 : 5, reminder.AddressedTo);
        var createdAt = At(promise.DueOn, new TimeOnly(1, 0))!.Value;
        ToDos.Add(promise.ResolvedAt is { } done ? new PastToDo(work, Night, createdAt, by, done.AddMinutes(-random.Between(2, 40)), done, promise.Resolution)
            : random.Chance(0.15) ? new PastToDo(work, Night, createdAt, to ?? by, createdAt.AddHours(random.Between(7, 8)).AddMinutes(random.Next(60)))
            : new PastToDo(work, Night, createdAt));
    }

    private ContactLog Log(Contact contact, DateTime at, ActorRef author, LogKind kind, string text)
    {
        var log = new ContactLog { Id = nextId(), ContactId = contact.Id, At = at, Author = author, Kind = kind, Body = text };
        Logs.Add(log);
        return log;
    }

    private static DateTime? At(DateOnly on, TimeOnly? time) => time is { } at ? DemoCalendar.ToUtc(on.ToDateTime(at)) : null;

    private static Channel ChannelOf(string channel) => channel switch
    {
        "phone" => Channel.Phone,
        "counter" => Channel.Counter,
        "web" => Channel.Web,
        "email" => Channel.Email,
        "letter" => Channel.Letter,
        "fax" => Channel.Fax,
        "text" => Channel.Text,
        "voicemail" => Channel.Voicemail,
        "social" => Channel.Social,
        _ => Channel.Internal,
    };
}

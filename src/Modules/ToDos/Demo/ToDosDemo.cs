using Tieline.Customers;
using Tieline.Organization;
using Tieline.Platform.Data;
using Tieline.Platform.Demo;
using Tieline.Platform.Rules;
using Tieline.Platform.Security;
using Tieline.Platform.Settings;
using Tieline.ToDos.Entries;
using Tieline.ToDos.Types;

namespace Tieline.ToDos.Demo;

/// <summary>Work of the back office that no promise caused: the To Dos of promises come with their contacts.</summary>
internal sealed class ToDosDemo(AppDb db, IToDos toDos, IOrganization organization, ICustomers customers, ISettings settings, IRules rules) : IDemoData
{
    private static readonly (string Code, string Name, int Priority, string Role, string[] Subjects)[] Kinds =
    [
        ("BILL-ERROR", "Billing error", 4, "BILLING-ERR", ["Bill could not be completed: no read for the period", "Two reads on the same day disagree", "Rate has no price for the period", "Meter multiplier missing after exchange"]),
        ("BILL-HIGH", "High bill held for review", 5, "BILLING-REVIEW", ["Usage three times the same month of last year", "Amount above the limit of the customer class", "Water usage on a premise without a sewer agreement"]),
        ("MAIL-RETURNED", "Returned mail", 6, "RETURNED-MAIL", ["Bill came back: no such number", "Letter came back: moved, no forwarding address", "Notice came back: box closed"]),
        ("METER-ACCESS", "Meter cannot be reached", 5, "METER-ACCESS", ["Locked gate on two reads in a row", "Dog in the yard, read estimated", "Snow over the meter pit"]),
        ("PAYMENT-LOOSE", "Payment without an account", 3, "CASH-POSTING", ["Cheque without an account number", "Card payment on a closed account"]),
        ("LIFE-RENEWAL", "Life support certificate ends", 3, "LIFE-SUPPORT", ["Certificate ends this month: ask for a new one", "Doctor's signature missing on the certificate"]),
    ];

    private const int MostWarned = 500;

    public int Order => 40;
    public string Name => "work";

    public async Task Load(DemoPlan plan, IProgress<string> progress, CancellationToken ct)
    {
        var roles = (await organization.ToDoRoles(ct)).ToDictionary(r => r.Code, StringComparer.Ordinal);
        await Types(roles, ct);
        // One that comes back every winter.
        db.Add(new ToDoType(db.NextId(), "METER-FROST", "Frozen meter", 3, roles["METER-ACCESS"].Id, new DateOnly(plan.AsOf.Year, 11, 1), new DateOnly(plan.AsOf.Year + 1, 3, 31)));
        await db.SaveChangesAsync(ct);
        var members = new Dictionary<string, IReadOnlyList<EmployeeLine>>(StringComparer.Ordinal);
        foreach (var role in Kinds.Select(k => k.Role).Distinct(StringComparer.Ordinal))
            members[role] = await organization.MembersOf(roles[role].Id, ct);
        var keys = (
            Person: await settings.Get(DemoKeys.FirstPerson, ct), Account: await settings.Get(DemoKeys.FirstAccount, ct), Premise: await settings.Get(DemoKeys.FirstPremise, ct));
        // Where the meter cannot be reached there often is a warning.
        var warned = (await customers.DueReviews(plan.AsOf.AddYears(1), plan.AsOf, 0, MostWarned, ct)).Select(r => r.PremiseId - keys.Premise).OfType<long>().Where(i => i >= 0 && i < plan.People).ToArray();
        var stream = new DemoStream(plan.Seed, "back office work");
        var count = Math.Clamp(plan.People / 50, 20, 2_000);
        await toDos.Load(Enumerable.Range(0, count).Select(i => Work(plan, stream.At(i), roles, members, keys, warned)), ct);
    }

    /// <summary>Types with something of everything that a type can say.</summary>
    private async Task Types(Dictionary<string, ToDoRoleLine> roles, CancellationToken ct)
    {
        var spanish = (await organization.Skills(ct)).FirstOrDefault(s => s.Code == "ES")?.Id;
        foreach (var (code, name, priority, role, _) in Kinds)
        {
            var details = new ToDoTypeDetails { Name = name, DefaultPriority = priority, DefaultRoleId = roles[role].Id };
            details = code switch
            {
                "BILL-ERROR" => details with
                {
                    Description = "The bill waits until somebody has corrected what is wrong. Look at the reads first, then at the rate.", ByHand = false, DrillTarget = DrillTarget.Account,
                    AgesEveryDays = 2, EscalatesAfterDays = 10, EscalationRoleId = roles["SUPERVISORS"].Id,
                },
                "BILL-HIGH" => details with { Description = "Release it, or order another read.", ByHand = false, DrillTarget = DrillTarget.Account, AgesEveryDays = 3, RoleIds = [roles[role].Id, roles["BILLING-ERR"].Id] },
                "MAIL-RETURNED" => details with { Message = "{what}: {customer}", DrillTarget = DrillTarget.Customer, SortKeys = "customer", LapsesAfterDays = 120 },
                "METER-ACCESS" => details with { DrillTarget = DrillTarget.Premise, AgesEveryDays = 7 },
                "PAYMENT-LOOSE" => details with { AgesEveryDays = 1, EscalatesAfterDays = 5 },
                "LIFE-RENEWAL" => details with { DrillTarget = DrillTarget.Customer, EscalatesAfterDays = 20, EscalationRoleId = roles["SUPERVISORS"].Id },
                _ => details,
            };
            var type = ToDoType.Of(db.NextId(), code, details);
            db.Add(type);
            await details.Keep(db, type.Id, ct);
        }
        if (spanish is { } skill)
        {
            var call = new ToDoTypeDetails
            {
                Name = "Call back in Spanish", DefaultPriority = 3, DefaultRoleId = roles["CSR-ESPANOL"].Id, ByHand = true, Message = "Call {customer} back in Spanish. {what}",
                DrillTarget = DrillTarget.Customer, Skills = new Dictionary<long, int> { [skill] = 3 },
            };
            var type = ToDoType.Of(db.NextId(), "CALL-ES", call);
            db.Add(type);
            await call.Keep(db, type.Id, ct);
        }
        await rules.Ensure(
            ToDoRulePoint.PointCode, "HARD-CASH", "Cheques first",
            new RuleText([new("type", RuleOperator.Is, "PAYMENT-LOOSE"), new("subject", RuleOperator.Contains, "cheque")], [new("priority", "2")]), ct);
        await db.SaveChangesAsync(ct);
    }

    private static PastToDo Work(
        DemoPlan plan, DemoRandom random, Dictionary<string, ToDoRoleLine> roles, Dictionary<string, IReadOnlyList<EmployeeLine>> members, (long Person, long Account, long Premise) keys,
        long[] warned)
    {
        var (code, _, priority, roleCode, subjects) = Kinds[random.Next(Kinds.Length)];
        // Most of it lies behind; what is open gathers around today.
        var age = (int)(90 * random.NextDouble() * random.NextDouble());
        var made = DemoCalendar.ToUtc(plan.AsOf.AddDays(-age).ToDateTime(new TimeOnly(2, random.Next(60))));
        var due = plan.AsOf.AddDays(random.Between(1, 5) - age);
        long subject = random.Next(plan.People);
        if (code == "METER-ACCESS" && warned.Length > 0 && random.Chance(0.4))
            subject = random.Pick(warned);
        var role = roles[roleCode];
        var work = new NewToDo(
            code, random.Pick(subjects), due, RoleId: role.Id, PersonId: keys.Person + subject, AccountId: keys.Account + subject,
            PremiseId: code == "METER-ACCESS" ? keys.Premise + subject : null, Priority: priority, AddressedTo: role.Name);
        var night = new ActorRef(ActorKind.Process, 0, "night run");
        if (members[roleCode].Count == 0 || (age <= 5 && random.Chance(0.8)))
            return new PastToDo(work, night, made);
        var employee = random.Pick(members[roleCode]);
        var by = new ActorRef(ActorKind.Employee, employee.Id, employee.Name);
        var started = made.AddHours(random.Between(6, 14)).AddMinutes(random.Next(60));
        var done = started.AddMinutes(random.Between(3, 90));
        var end = DemoCalendar.ToUtc(plan.AsOf.ToDateTime(TimeOnly.MinValue));
        if (started >= end)
            return new PastToDo(work, night, made);
        return done >= end || random.Chance(0.08)
            ? new PastToDo(work, night, made, by, started)
            : new PastToDo(work, night, made, by, started, done, random.Pick(Endings));
    }

    private static readonly string[] Endings = ["Corrected and released.", "Checked, nothing wrong: released.", "Customer called, new details entered.", "Field order made.", "Sent again to the new address.", "Posted."];
}

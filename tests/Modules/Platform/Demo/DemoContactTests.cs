using Tieline.Platform.Demo;

namespace Tieline.Tests.Modules.Platform.Demo;

public sealed class DemoContactTests
{
    private static readonly DemoWorld s_world = new(new DemoPlan(new DateOnly(2026, 11, 20), People: 5_000));
    private static readonly DemoContact[] s_contacts = [.. Enumerable.Range(0, (int)s_world.Plan.Contacts).Select(i => s_world.Contact(i))];

    [Fact]
    public void ContactsObeyTheRulesOfTheirType() => Assert.All(s_contacts, c =>
    {
        Obeys(c.Type.Person, c.PersonIndex >= 0);
        Obeys(c.Type.Account, c.WithAccount);
        Obeys(c.Type.Premise, c.PremiseIndex >= 0);
        Assert.True(c.PersonIndex >= 0 || c.PremiseIndex >= 0);
        Assert.True(c.PersonIndex >= 0 || !c.WithAccount);
        Assert.InRange(c.Entries.Length, 1, 3);
        Assert.All(c.Entries, e => Assert.DoesNotContain('{', e.Text));
    });

    [Fact]
    public void TypesAreSoundAndKnowTheirRoles()
    {
        var types = DemoContactTypes.Types;
        Assert.Equal(types.Count, types.Select(t => t.Code).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(types.Count, types.Select(t => t.Shorthand).Distinct(StringComparer.Ordinal).Count());
        Assert.DoesNotContain(types, t => t is { Person: DemoRule.NotAllowed, Premise: DemoRule.NotAllowed });
        Assert.All(types, t => Assert.NotEmpty(t.First));
        Assert.All(types, t => Assert.Equal(t.Promises.Length > 0, t.ToDoRole.Length > 0));
        Assert.All(types.Where(t => t.ToDoRole.Length > 0), t => Assert.Contains(DemoEmployees.ToDoRoles, r => r.Code == t.ToDoRole));
        Assert.All(types, t => Assert.True(t.Season is "any" or "winter" or "summer" or "storm" or "safety" or "web" or "moving"));
    }

    [Fact]
    public void TimesMakeSense()
    {
        var end = new DateTime(2026, 11, 20, 8, 0, 0, DateTimeKind.Utc);
        Assert.All(s_contacts, c =>
        {
            Assert.Equal(DateTimeKind.Utc, c.At.Kind);
            Assert.InRange(c.At, end.AddDays(-731), end);
            Assert.All(c.Entries, e => Assert.InRange(e.At, c.At, end));
            Assert.Equal(c.Entries.OrderBy(e => e.At).Select(e => e.At), c.Entries.Select(e => e.At));
            Assert.InRange(c.ClosedAt ?? c.At, c.Entries[^1].At.AddDays(c.ClosedAt is null ? -730 : 0), end);
            if (c.Reminder is { } r)
            {
                Assert.True(r.DueOn > DateOnly.FromDateTime(c.LocalAt));
                Assert.InRange(r.ResolvedAt ?? c.At, c.At, end);
                Assert.Equal(r.ResolvedAt is null, r.Resolution.Length == 0);
                Assert.True(r.ResolvedAt is not null || c.ClosedAt is null);
                Assert.True(r.ResolvedAt is not null || r.DueOn >= s_world.Plan.AsOf.AddDays(-10), $"forgotten since {r.DueOn}");
            }
        });
        Assert.InRange(s_contacts.Count(c => c.LocalAt.Hour is >= 7 and < 18) / (double)s_contacts.Length, 0.8, 0.97);
        Assert.All(s_contacts.Zip(s_contacts.Skip(1)), p => Assert.True(p.First.LocalAt.Date <= p.Second.LocalAt.Date));
    }

    [Fact]
    public void AFewContactsCarryAPromiseAndSomePromisesAreOpen()
    {
        var promises = s_contacts.Where(c => c.Reminder is not null).ToArray();
        Assert.InRange(promises.Length / (double)s_contacts.Length, 0.045, 0.08);
        var open = promises.Count(c => c.Reminder!.ResolvedAt is null);
        Assert.InRange(open, 10, 150);
    }

    [Fact]
    public void EmployeesFillEveryDepartment()
    {
        var employees = Enumerable.Range(0, 500).Select(i => s_world.Employee(i)).ToArray();
        Assert.Equal(27, DemoEmployees.Departments.Count);
        Assert.Equal(27, employees.Select(e => e.Department).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(500, employees.Select(e => e.SignIn).Distinct(StringComparer.Ordinal).Count());
        Assert.All(employees, e => Assert.Contains(DemoEmployees.Positions, p => p.Code == e.Position));
        Assert.All(employees.SelectMany(e => e.Skills), s => Assert.Contains(DemoEmployees.Skills, k => k.Code == s));
        Assert.All(employees, e => Assert.True(e.LeftOn is null || e.LeftOn > e.HiredOn));
        var codes = DemoEmployees.Departments.Select(d => d.Code).ToHashSet(StringComparer.Ordinal);
        Assert.All(DemoEmployees.Departments, d => Assert.True(d.Parent.Length == 0 || codes.Contains(d.Parent)));
        Assert.All(DemoEmployees.ToDoRoles.SelectMany(r => r.Departments), d => Assert.Contains(d, codes));
        Assert.Single(employees, e => e.Position == "GM");
    }

    private static void Obeys(DemoRule rule, bool present) => Assert.True(rule switch
    {
        DemoRule.Required => present,
        DemoRule.NotAllowed => !present,
        _ => true,
    });
}

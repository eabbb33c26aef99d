using Microsoft.EntityFrameworkCore;
using Tieline.Platform;
using Tieline.Platform.Reasons;
using Tieline.Platform.Rules;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Modules.Organization;
using Tieline.Tests.Support;
using Tieline.ToDos;
using Tieline.ToDos.Entries;
using Tieline.ToDos.Types;

namespace Tieline.Tests.Modules.ToDos;

/// <summary>Rules at the moment at which a To Do is made.</summary>
public class RuleTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private static readonly Actor Admin = Actors.Of(Roles.BusinessAdministrator);
    private const string Point = ToDoRulePoint.PointCode;

    private static Task<Outcome<Added>> Add(Work work, AddRule.Input input) => work.Do<AddRule, AddRule.Input, Added>(Admin, input);

    private static async Task<long> Made(Work work, string subject = "Call back", string type = "GENERAL", int? priority = null)
    {
        var added = await work.Do<AddToDo, AddToDo.Input, Added>(work.Person(work.Dora), new(type, subject, RoleId: work.Role, Priority: priority));
        Assert.True(added.Ok, added.ToString());
        return added.Value.Id;
    }

    [Theory, BothDatabases]
    public async Task Work_goes_elsewhere_and_grows_urgent_by_rules_in_their_order_and_the_log_and_why_say_so(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var first = await Add(work, new(Point, "loud", "Loud words", [new("subject", RuleOperator.Contains, "LAWYÉR")], [new("priority", "2")]));
        Assert.True(first.Ok, first.ToString());
        Assert.True((await Add(work, new(Point, "court", "To court", [new("subject", RuleOperator.Contains, "court"), new("type", RuleOperator.OneOf, "td-cccb, general")], [new("route", "T-OTHER"), new("priority", "1")]))).Ok);
        var (plain, loud, court) = (await Made(work), await Made(work, "Her lawyer wrote", priority: 4), await Made(work, "Lawyer and court"));

        Assert.Equal(("Follow up", 5), ((await work.Get(plain)).ToDo.AddressedTo, (await work.Get(plain)).ToDo.Priority));
        Assert.Equal(["ruled Loud words (version 1): priority 4 to 2", "created "], (await work.Get(loud)).Log.Select(l => $"{l.Action} {l.Body}"));
        Assert.Equal(("Billing errors", 1), ((await work.Get(court)).ToDo.AddressedTo, (await work.Get(court)).ToDo.Priority));
        Assert.Equal("Loud words (version 1): priority 5 to 2; To court (version 1): to Billing errors, from Follow up; To court (version 1): priority 2 to 1", (await work.Get(court)).Log[0].Body);
        var why = (await work.Do<AskWhy, AskWhy.Input, WhyChain>(Actors.Of(Roles.Supervisor), new($"to_do:{court}"))).Value;
        Assert.Contains(why.Lines, l => l.Kind == "rule_version" && l.Text.Contains("To court, version 1", StringComparison.Ordinal));

        // In bulk as well as one by one, and the new words make a new version.
        Assert.True((await work.Do<ChangeRule, ChangeRule.Input, Done>(Admin, new(first.Value.Id, 0, "Loud words", [new("subject", RuleOperator.StartsWith, "help")], [new("priority", "3")]))).Ok);
        await using var scope = house.As(Actor.Process("test"));
        NewToDo For(int id, string subject) => new("GENERAL", subject, work.Today, new RecordRef("test", id), RoleId: work.Role);
        Assert.Equal(3, await scope.Db.InTransaction(() => scope.Get<IToDos>().CreateMany([For(1, "Help me"), For(2, "The court"), For(3, "lawyer")], Ct), Ct));
        var bulk = await scope.Db.Set<ToDo>().AsNoTracking().Where(t => t.Cause != null).OrderBy(t => t.Cause).ToListAsync(Ct);
        Assert.Equal(["3 Follow up", "1 Billing errors", "5 Follow up"], bulk.Select(t => $"{t.Priority} {t.AddressedTo}"));
        Assert.Equal("Loud words (version 2): priority 5 to 3", (await work.Get(bulk[0].Id)).Log[0].Body);
        var file = (await work.Do<GetRule, GetRule.Input, GetRule.File>(Admin, new(first.Value.Id))).Value;
        Assert.Equal(["If what it says starts with help: set the priority to 3.", "If what it says contains LAWYÉR: set the priority to 2."], file.Before.Select(b => b.Text));
    }

    [Theory, BothDatabases]
    public async Task Who_makes_work_for_hours_goes_by_the_roles_and_types_of_now(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        Assert.True((await Add(work, new(Point, "court", "To court", [new("subject", RuleOperator.Contains, "court")], [new("route", "T-OTHER")]))).Ok);
        // As a thread of a batch run, which is one scope.
        await using var scope = house.As(Actor.Process("test"));
        async Task<string> Made(int id)
        {
            var cause = new RecordRef("test", id);
            await scope.Db.InTransaction(() => scope.Get<IToDos>().CreateMany([new NewToDo("GENERAL", "The court", work.Today, cause, RoleId: work.Role)], Ct), Ct);
            return (await scope.Db.Set<ToDo>().AsNoTracking().SingleAsync(t => t.Cause == cause, Ct)).AddressedTo;
        }
        Assert.Equal("Billing errors", await Made(1));

        var general = (await work.Do<ListToDoTypes, ListToDoTypes.Input, Page<ToDoTypeRow>>(Admin, new("general"))).Value.Items.Single();
        Task<Outcome<Done>> Only(int version, params long[] roles) => work.Do<ChangeToDoType, ChangeToDoType.Input, Done>(Admin, new(general.Id, version, general.Name, RoleIds: roles));
        Assert.True((await Only(general.Version, work.Role)).Ok);
        Assert.Equal("Follow up", await Made(2));
        Assert.True((await Only(general.Version + 1)).Ok);
        Assert.Equal("Billing errors", await Made(3));

        await using (var other = house.As(Actor.Process("test")))
            await Dapper.SqlMapper.ExecuteAsync(await other.Connection(), "update to_do_role set active = @no where id = @id", new { no = false, id = work.OtherRole });
        Assert.Equal("Follow up", await Made(4));
    }

    [Theory, BothDatabases]
    public async Task A_rule_is_found_by_part_of_its_name_whatever_case_and_accents(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        Assert.True((await Add(work, new(Point, "T-LOUD", "Überlaute Wörter", [new("role", RuleOperator.Empty)], [new("priority", "2")]))).Ok);
        Assert.True((await Add(work, new(Point, "T-COURT", "To court", [new("role", RuleOperator.Empty)], [new("priority", "1")]))).Ok);
        async Task<string> Found(string typed) => string.Join(' ', (await work.Do<ListRules, ListRules.Input, Page<RuleRow>>(Admin, new(Search: typed))).Value.Items.Select(r => r.Code));
        foreach (var (typed, code) in new[] { ("überLAUTE", "T-LOUD"), ("WORTER", "T-LOUD"), ("t-lo", "T-LOUD"), ("To COURT", "T-COURT"), ("nothing", "") })
            Assert.Equal(code, await Found(typed));
        Assert.Contains("T-LOUD", await Found(" "), StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task What_is_suppressed_is_not_made_and_counted_but_never_what_Tieline_needs(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        Assert.Equal("rule.forbidden", (await Add(work, new(Point, "S", "S", [new("priority", RuleOperator.AtLeast, "5")], [new("suppress")]))).Rule());
        foreach (var needed in (string[])["GENERAL, TD-CCCB", "emergency", "RESTRICTED", "JOB-DEAD"])
            Assert.Equal("rule.forbidden", (await Add(work, new(Point, "S", "S", [new("type", RuleOperator.OneOf, needed)], [new("suppress")]))).Rule());
        Assert.Equal("rule.forbidden", (await Add(work, new(Point, "S", "S", [new("type", RuleOperator.Is, "GENERAL"), new("maker", RuleOperator.Is, "process")], [new("suppress")], Any: true))).Rule());
        Assert.True((await Add(work, new(Point, "S", "Nobody reads these", [new("type", RuleOperator.Is, "BATCH-LATE"), new("parameter.batch", RuleOperator.Is, "noise")], [new("suppress")]))).Ok);

        await using var scope = house.As(Actor.Process("test"));
        NewToDo Late(int id, string batch) => new("BATCH-LATE", null, work.Today, new RecordRef("batch_late", id)) { Parameters = new Dictionary<string, string> { ["batch"] = batch, ["error"] = "no" } };
        Assert.Null((await scope.Get<IToDos>().Create(Late(1, "noise"), Ct)).Value);
        Assert.NotNull((await scope.Get<IToDos>().Create(Late(2, "mail.send"), Ct)).Value);
        await scope.Db.SaveChangesAsync(Ct);
        Assert.Equal(1, await scope.Db.InTransaction(() => scope.Get<IToDos>().CreateMany([Late(3, "noise"), Late(4, "noise"), Late(5, "x")], Ct), Ct));
        Assert.Equal(["""{"typeCode":"BATCH-LATE","ruleId":R,"ruleVersion":1,"count":1}""", """{"typeCode":"BATCH-LATE","ruleId":R,"ruleVersion":1,"count":2}"""],
            (await Dapper.SqlMapper.QueryAsync<string>(await scope.Connection(), "select body from event where name = 'todo.suppressed' order by id")).Select(b => System.Text.RegularExpressions.Regex.Replace(b, @"(?<=ruleId"":)\d+", "R", default, TimeSpan.FromSeconds(1))));

        Assert.True((await Add(work, new(Point, "G", "No general ones", [new("type", RuleOperator.Is, "general"), new("about", RuleOperator.Is, "nothing")], [new("suppress")]))).Ok);
        Assert.Equal("todo.suppressed", (await work.Do<AddToDo, AddToDo.Input, Added>(work.Person(work.Dora), new("GENERAL", "x", RoleId: work.Role))).Rule());
    }

    [Theory, BothDatabases]
    public async Task What_cannot_be_is_told_where_it_was_typed_and_only_administrators_keep_rules(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        async Task<string> Refused(params (RuleCondition? If, RuleThen? Then)[] lines) =>
            string.Join(' ', (await Add(work, new(Point, "X", "x", [.. lines.Select(l => l.If).OfType<RuleCondition>()], [.. lines.Select(l => l.Then).OfType<RuleThen>()]))).Problems.Select(p => $"{p.Field}:{p.Rule}"));
        Assert.Equal("If:rule.conditions Then:rule.acts", await Refused());
        Assert.Equal("If[0].Field:rule.field Then[0].Act:rule.act", await Refused((new("colour", RuleOperator.Is, "red"), new("paint", "red"))));
        Assert.Equal("If[0].Value:rule.value Then[0].Value:rule.value", await Refused((new("type", RuleOperator.Is, "NOPE"), new("route", "NOPE"))));
        Assert.Equal("If[0].Value:rule.value Then[0].Value:rule.value", await Refused((new("due_in", RuleOperator.AtLeast, "soon"), new("priority", "high"))));
        Assert.Equal("If[0].Operator:rule.operator", await Refused((new("priority", RuleOperator.Contains, "5"), new("priority", "2"))));
        Assert.Equal("rule.point", (await Add(work, new("nothing", "X", "x"))).Rule());
        var id = (await Add(work, new(Point, "X", "x", [new("role", RuleOperator.Empty), new("person", RuleOperator.NotEmpty)], [new("priority", "2")], Active: false))).Value.Id;
        Assert.Equal("rule.code.taken", (await Add(work, new(Point, "x", "x", [new("role", RuleOperator.Empty)], [new("priority", "2")]))).Rule());

        // Out of use it says nothing, and is tried on the past all the same.
        var (_, theirs) = (await work.Add(role: work.Role), await work.Add(work.Bea));
        Assert.Equal(5, (await work.Get(theirs)).ToDo.Priority);
        var tried = (await work.Do<TryRule, TryRule.Input, TryRule.Tried>(Admin, new(id))).Value;
        Assert.Equal((2, 1, "set the priority to 2", $"/todos/{theirs}"), (tried.Of, tried.Held, tried.Does, tried.Hits[0].Href));
        var browser = await house.SignedIn(Roles.BusinessAdministrator);
        Assert.Contains("It holds for 1 of the last 2", await browser.GetStringAsync($"/admin/rules/{id}", Ct), StringComparison.Ordinal);
        await Assert.ThrowsAsync<ForbiddenException>(() => work.Do<AddRule, AddRule.Input, Added>(work.Person(work.Bea), new(Point, "Y", "y")));
        await Assert.ThrowsAsync<ForbiddenException>(() => work.Do<TryRule, TryRule.Input, TryRule.Tried>(work.Person(work.Bea), new(id)));
        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => work.Do<ChangeRule, ChangeRule.Input, Done>(Admin, new(id, 7, "x", [new("role", RuleOperator.Empty)], [new("priority", "2")])));
    }

    [Theory, BothDatabases]
    public async Task A_rule_sends_nothing_to_a_role_that_may_not_have_the_type(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        AddToDoType.Input slow = new("SLOW", "Slow", 6, work.Role, RoleIds: [work.Role]);
        var type = (await work.Do<AddToDoType, AddToDoType.Input, Added>(Admin, slow)).Value.Id;
        Task<Outcome<Added>> Route(string code, string types) => Add(work, new(Point, code, "Elsewhere", [new("type", RuleOperator.OneOf, types)], [new("route", "T-OTHER")]));
        var refused = Assert.Single((await Route("A", "general, slow")).Problems);
        Assert.Equal(("Then", "rule.forbidden", "SLOW may not go to T-OTHER. It may go to T-ROLE."), (refused.Field, refused.Rule, refused.Message));

        async Task Roles(int version, params long[] roles) =>
            Assert.True((await work.Do<ChangeToDoType, ChangeToDoType.Input, Done>(Admin, new(type, version, "Slow", 6, work.Role, RoleIds: roles))).Ok);
        await Roles(0, work.Role, work.OtherRole);
        Assert.True((await Route("A", "general, slow")).Ok);
        Assert.Equal("Billing errors", (await work.Get(await Made(work, type: "SLOW"))).ToDo.AddressedTo);
        // The type has changed since: the rule is left out for it, and the log says so.
        await Roles(1, work.Role);
        var made = await work.Get(await Made(work, type: "SLOW"));
        Assert.Equal(("Follow up", "ruled Elsewhere (version 1): not to Billing errors, which may not have these"), (made.ToDo.AddressedTo, $"{made.Log[0].Action} {made.Log[0].Body}"));
        Assert.Equal("Billing errors", (await work.Get(await Made(work))).ToDo.AddressedTo);

        // The role that somebody names who leaves: what may not go there goes to the role of its type.
        var theirs = (await work.Do<AddToDo, AddToDo.Input, Added>(work.Person(work.Dora), new("SLOW", "Look", EmployeeId: work.Bea))).Value.Id;
        var general = await work.Add(work.Bea);
        Assert.True((await work.Do<Tieline.Organization.Employees.EndEmployment, Tieline.Organization.Employees.EndEmployment.Input, Done>(Admin, new(work.Bea, 0, new DateOnly(2024, 1, 5), WorkToRoleId: work.OtherRole))).Ok);
        await house.RunJobs();
        Assert.Equal(("Follow up", "Billing errors"), ((await work.Get(theirs)).ToDo.AddressedTo, (await work.Get(general)).ToDo.AddressedTo));
    }

    [Theory, BothDatabases]
    public async Task However_much_a_rule_routes_roles_are_asked_for_once(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        Assert.True((await Add(work, new(Point, "court", "To court", [new("subject", RuleOperator.Contains, "court")], [new("route", "T-OTHER")]))).Ok);
        async Task<int> Statements(int from, int count)
        {
            await using var scope = house.As(Actor.Process("test"));
            using var counter = new StatementCounter(house);
            NewToDo[] made = [.. Enumerable.Range(from, count).Select(i => new NewToDo("GENERAL", "The court", work.Today, new RecordRef("test", i), RoleId: work.Role))];
            Assert.Equal(count, await scope.Db.InTransaction(() => scope.Get<IToDos>().CreateMany(made, Ct), Ct));
            return counter.Selects.Count;
        }
        await Statements(1, 2);
        var few = await Statements(10, 2);
        Assert.Equal(few, await Statements(20, 60));
    }
}

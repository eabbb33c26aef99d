using Microsoft.EntityFrameworkCore;
using Tieline.Organization.Skills;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform;
using Tieline.Platform.Security;
using Tieline.Platform.Uses;
using Tieline.Tests.Modules.Organization;
using Tieline.Tests.Support;
using Tieline.ToDos;
using Tieline.ToDos.Entries;
using Tieline.ToDos.Types;

namespace Tieline.Tests.Modules.ToDos;

/// <summary>What a type decides of its To Dos: their words, who may have them, which skill they need, how lists are sorted.</summary>
public class TypeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private static readonly Actor Admin = Actors.Of(Roles.BusinessAdministrator);

    private static async Task<long> Add(Work work, AddToDoType.Input input)
    {
        var added = await work.Do<AddToDoType, AddToDoType.Input, Added>(Admin, input);
        Assert.True(added.Ok, added.ToString());
        return added.Value.Id;
    }

    [Theory, BothDatabases]
    public async Task The_message_has_places_for_parameters_and_needs_nothing_else_to_be_typed(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        await Add(work, new("LOOSE", "Loose payment", 4, work.Role, Message: "Due {due}: {what} (nobody known){customer}"));
        var bare = await work.Do<AddToDo, AddToDo.Input, Added>(work.Person(work.Dora), new("loose"));
        Assert.True(bare.Ok, bare.ToString());
        Assert.Equal($"Due {work.Today:d MMMM yyyy}:  (nobody known)", (await work.Get(bare.Value.Id)).ToDo.Subject);
        Assert.Equal(work.Today, (await work.Get(bare.Value.Id)).ToDo.DueOn);
        var said = await work.Do<AddToDo, AddToDo.Input, Added>(work.Person(work.Dora), new("loose", "Cheque"));
        Assert.Equal($"Due {work.Today:d MMMM yyyy}: Cheque (nobody known)", (await work.Get(said.Value.Id)).ToDo.Subject);
        Assert.Equal("required", (await work.Do<AddToDo, AddToDo.Input, Added>(work.Person(work.Dora), new("general", EmployeeId: work.Bea))).Rule());

        var unknown = Assert.Single((await work.Do<AddToDoType, AddToDoType.Input, Added>(Admin, new("X", "x", Message: "By {who}"))).Problems);
        Assert.Equal(("Message", "There is nothing called {who}. It may say {account}, {customer}, {due}, {premise}, {what}."), (unknown.Field, unknown.Message));
        Assert.Equal("todo.type.parameter", (await work.Do<AddToDoType, AddToDoType.Input, Added>(Admin, new("X", "x", SortKeys: "customer colour"))).Rule());
    }

    [Theory, BothDatabases]
    public async Task What_Tieline_says_itself_can_be_said_in_other_words(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var parameters = new Dictionary<string, string> { ["kind"] = "mail.send", ["attempts"] = "8", ["error"] = "no route {kind}" };
        async Task<string> Made(int cause)
        {
            await using var scope = house.As(Actor.Process("test"));
            var id = (await scope.Get<IToDos>().Create(new NewToDo("JOB-DEAD", null, work.Today, new RecordRef("job_death", cause)) { Parameters = parameters }, Ct)).Value!.Value;
            await scope.Db.SaveChangesAsync(Ct);
            return (await work.Get(id)).ToDo.Subject;
        }
        Assert.Equal("Job mail.send failed 8 times: no route {kind}", await Made(1));
        var type = (await work.Do<ListToDoTypes, ListToDoTypes.Input, Page<ToDoTypeRow>>(Admin, new("job-dead"))).Value.Items.Single();
        Assert.True((await work.Do<ChangeToDoType, ChangeToDoType.Input, Done>(Admin, new(type.Id, type.Version, type.Name, 2, type.DefaultRoleId, Message: "{kind}: {error}"))).Ok);
        Assert.Equal("mail.send: no route {kind}", await Made(2));
        Assert.Equal("Job {kind} failed {attempts} times: {error}", (await work.Do<GetToDoType, GetToDoType.Input, GetToDoType.File>(Admin, new(type.Id))).Value.Says);
    }

    [Theory, BothDatabases]
    public async Task It_goes_to_its_roles_only_and_is_added_by_hand_only_where_it_may(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        Assert.Equal("todo.type.role", (await work.Do<AddToDoType, AddToDoType.Input, Added>(Admin, new("ONE", "One", 5, work.Role, RoleIds: [work.OtherRole]))).Rule());
        var type = await Add(work, new("ONE", "One", 5, work.Role, RoleIds: [work.Role]));
        var refused = Assert.Single((await work.Do<AddToDo, AddToDo.Input, Added>(work.Person(work.Dora), new("one", "x", RoleId: work.OtherRole))).Problems);
        Assert.Equal(("RoleId", "One may not go to Billing errors. It may go to Follow up."), (refused.Field, refused.Message));
        var id = (await work.Do<AddToDo, AddToDo.Input, Added>(work.Person(work.Dora), new("one", "x"))).Value.Id;
        Assert.Equal("todo.role.not_for_type", (await work.Forward(work.Person(work.Bea), id, null, work.OtherRole)).Rule());
        Assert.True((await work.Forward(work.Person(work.Bea), id, work.Dora, null)).Ok);
        Assert.Contains((await work.Do<GetToDoRole, GetToDoRole.Input, ToDoRoleRow>(Admin, new(work.Role))).Value.Code, "T-ROLE", StringComparison.Ordinal);

        Assert.True((await work.Do<ChangeToDoType, ChangeToDoType.Input, Done>(Admin, new(type, 0, "One", 5, work.Role, ByHand: false))).Ok);
        Assert.Equal("todo.type.automatic", (await work.Do<AddToDo, AddToDo.Input, Added>(work.Person(work.Dora), new("one", "x"))).Rule());
        Assert.True((await work.Do<ForwardToDo, ForwardToDo.Input, Done>(work.Person(work.Dora), new(id, 1, null, work.OtherRole, "its roles were taken away"))).Ok);
    }

    [Theory, BothDatabases]
    public async Task Whoever_lacks_the_skill_is_not_given_it_as_the_next_and_by_name_only_after_a_question(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var spanish = (await work.Do<AddSkill, AddSkill.Input, Added>(Admin, new("T-ES", "Spanish (test)"))).Value.Id;
        Assert.True((await work.Do<GiveSkill, GiveSkill.Input, Done>(Admin, new(work.Carl, spanish, 3))).Ok);
        Assert.True((await work.Do<GiveSkill, GiveSkill.Input, Done>(Admin, new(work.Bea, spanish, 2))).Ok);
        await Add(work, new("LLAMADA", "Call in Spanish", 2, work.Role, Skills: [new(spanish, 3)]));
        var call = (await work.Do<AddToDo, AddToDo.Input, Added>(work.Person(work.Dora), new("llamada", "Call back"))).Value.Id;
        var plain = await work.Add(role: work.Role, priority: 7);

        Assert.Equal(plain, (await work.Do<NextToDo, NextToDo.Input, NextToDo.Given>(work.Person(work.Bea), new())).Value.Id);
        Assert.Null((await work.Do<NextToDo, NextToDo.Input, NextToDo.Given>(work.Person(work.Bea), new())).Value.Id);
        var asked = Assert.Single((await work.Forward(work.Person(work.Carl), call, work.Bea, null)).Problems);
        Assert.Equal(("WithoutSkill", Fitness.SkillMissing, "Bea Long lacks Spanish (test) (good). Give it to them all the same?"), (asked.Field, asked.Rule, asked.Message));
        Assert.Equal(Fitness.SkillMissing, (await work.Do<AddToDo, AddToDo.Input, Added>(work.Person(work.Dora), new("llamada", "x", EmployeeId: work.Bea))).Rule());
        Assert.True((await work.Do<ForwardToDo, ForwardToDo.Input, Done>(work.Person(work.Carl), new(call, 0, work.Bea, null, "she learns it", WithoutSkill: true))).Ok);
        // By name it is hers.
        Assert.Equal(call, (await work.Do<NextToDo, NextToDo.Input, NextToDo.Given>(work.Person(work.Bea), new())).Value.Id);

        var bea = await house.SignedIn(Roles.Csr, work.Carl);
        Assert.DoesNotContain("all the same", await bea.GetStringAsync($"/todos/{plain}/forward", Ct), StringComparison.Ordinal);
        var another = (await work.Do<AddToDo, AddToDo.Input, Added>(work.Person(work.Dora), new("llamada", "Another"))).Value.Id;
        Assert.Equal(another, (await work.Do<NextToDo, NextToDo.Input, NextToDo.Given>(work.Person(work.Carl), new())).Value.Id);
    }

    [Theory, BothDatabases]
    public async Task A_list_of_a_type_with_sort_keys_is_sorted_by_them_page_by_page(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var type = await Add(work, new("LOOSE", "Loose payment", 4, work.Role, Message: "{what}"));
        var old = (await work.Do<AddToDo, AddToDo.Input, Added>(work.Person(work.Dora), new("loose", "before"))).Value.Id;
        Assert.True((await work.Do<ChangeToDoType, ChangeToDoType.Input, Done>(Admin, new(type, 0, "Loose payment", 4, work.Role, SortKeys: "what"))).Ok);
        var ids = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var what in (string[])["20", "Zoë", "3", "ana"])
            ids[what] = (await work.Do<AddToDo, AddToDo.Input, Added>(work.Person(work.Dora), new("loose", what))).Value.Id;
        await work.Add(role: work.Role);

        long[] sorted = [old, ids["3"], ids["20"], ids["ana"], ids["Zoë"]];
        foreach (var (sort, wanted) in new[] { ("key", sorted), ("-key", sorted.Reverse().ToArray()) })
        {
            var (seen, after) = (new List<long>(), (string?)null);
            do
            {
                var page = await work.List(work.Person(work.Bea), new(ToDoScope.Roles, Type: "loose", Sort: sort, After: after, Size: 2));
                seen.AddRange(page.Items.Select(t => t.Id));
                after = page.Next;
                // What they are sorted by may be a name that this reader is not shown.
                Assert.True(after is null || long.TryParse(after, out _), after);
            }
            while (after is not null);
            Assert.Equal(wanted, seen);
        }
        Assert.Equal(6, (await work.List(work.Person(work.Bea), new(ToDoScope.Roles, Sort: "key"))).Items.Count);
    }

    [Theory, BothDatabases]
    public async Task Who_changes_a_type_as_it_was_before_changes_nothing_of_its_work_either(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var type = await Add(work, new("LOOSE", "Loose payment", 4, work.Role, Message: "{what}"));
        await work.Do<AddToDo, AddToDo.Input, Added>(work.Person(work.Dora), new("loose", "before"));
        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => work.Do<ChangeToDoType, ChangeToDoType.Input, Done>(Admin, new(type, 7, "Loose payment", 4, work.Role, SortKeys: "what")));
        await using var scope = house.As(Actor.Process("test"));
        Assert.Null(Assert.Single(await scope.Db.Set<ToDo>().Where(t => t.TypeCode == "LOOSE").Select(t => t.SortKey).ToListAsync(Ct)));
    }
}

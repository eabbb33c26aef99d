using Microsoft.EntityFrameworkCore;
using Tieline.Organization;
using Tieline.Organization.Skills;
using Tieline.Organization.ToDoRoles;
using Tieline.Platform.Security;
using Tieline.Platform.Time;
using Tieline.Platform.Uses;
using Tieline.Tests.Modules.ToDos;
using Tieline.Tests.Support;
using Tieline.ToDos;
using Tieline.ToDos.Entries;
using Tieline.ToDos.Types;
using Xunit;

namespace Tieline.Tests.Modules.Organization;

public class RoleDaysTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory, BothDatabases]
    public async Task Work_is_given_to_a_role_on_its_days_only(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        long id, followUp;
        DateOnly today;
        await using (var scope = house.As(Roles.BusinessAdministrator))
        {
            today = await scope.Get<IUtilityClock>().Today(Token);
            id = (await scope.Get<AddToDoRole>().Handle(new("STORM", "Storm desk"), Token)).Value.Id;
            followUp = (await scope.Get<IOrganization>().FollowUpRole(Token))!.Id;
        }
        Assert.True(await Given(house, id));
        Assert.Equal("date.order", (await Change(house, new(id, 0, "Storm desk", FromOn: today.AddDays(2), ToOn: today.AddDays(1)))).Problems.Single().Rule);
        Assert.True((await Change(house, new(id, 0, "Storm desk", FromOn: today.AddDays(1), ToOn: today.AddDays(2)))).Ok);
        Assert.False(await Given(house, id));
        house.Clock.Advance(TimeSpan.FromDays(1));
        Assert.True(await Given(house, id));
        house.Clock.Advance(TimeSpan.FromDays(2));
        Assert.False(await Given(house, id));
        await What_would_go_to_it_goes_to_whoever_follows_up(house, id, followUp, today);
        // What has nobody else to go to must always have somewhere to go.
        Assert.Equal("to_do_role.needed", (await Change(house, new(followUp, 0, "Follow up", ToOn: today))).Problems.Single().Rule);
    }

    [Theory, BothDatabases]
    public async Task Somebody_has_the_work_of_a_role_on_the_days_of_their_membership_only(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var admin = Actors.Of(Roles.BusinessAdministrator);
        Task<Outcome<Done>> Member(long who, DateOnly? from, DateOnly? to) => work.Do<AddMember, AddMember.Input, Done>(admin, new(work.Role, who, from, to));
        async Task<(int Theirs, bool Member, bool Any)> Dora()
        {
            await using var scope = house.As(work.Person(work.Dora));
            var door = scope.Get<IOrganization>();
            var listed = await scope.Get<ListToDos>().Handle(new(ToDoScope.Roles), Token);
            return (listed.Value.Items.Count, (await door.MembersOf(work.Role, Token)).Any(m => m.Id == work.Dora), (await door.ToDoRole(work.Role, Token))!.HasMembers);
        }
        await work.Add(role: work.Role);
        Assert.Equal("date.order", (await Member(work.Dora, work.Today.AddDays(2), work.Today.AddDays(1))).Problems.Single().Rule);
        foreach (var one in (long[])[work.Bea, work.Carl])
            Assert.True((await Member(one, null, work.Today.AddDays(2))).Ok);
        Assert.True((await Member(work.Dora, work.Today.AddDays(1), work.Today.AddDays(2))).Ok);
        Assert.Equal((0, false, true), await Dora());
        house.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal((1, true, true), await Dora());
        house.Clock.Advance(TimeSpan.FromDays(2));
        // Nobody is left in it: that is said to whoever would give it work.
        Assert.Equal((0, false, false), await Dora());
        Assert.True((await Member(work.Dora, null, null)).Ok);
        Assert.Equal((1, true, true), await Dora());
        using var browser = await house.SignedIn(Roles.BusinessAdministrator);
        var page = await browser.GetStringAsync($"/admin/todo-roles/{work.Role}", Token);
        Assert.Contains($"until {work.Today.AddDays(2):d MMM yyyy}", page, StringComparison.Ordinal);
    }

    [Theory, BothDatabases]
    public async Task Types_and_skills_are_chosen_on_their_days_only_and_what_has_a_cause_is_made_all_the_same(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        var work = await Work.In(house);
        var admin = Actors.Of(Roles.BusinessAdministrator);
        var (first, last) = (work.Today.AddDays(1), work.Today.AddDays(2));
        Assert.True((await work.Do<AddToDoType, AddToDoType.Input, Added>(admin, new("FROST", "Frozen meter", 5, work.Role, first, last))).Ok);
        var skill = (await work.Do<AddSkill, AddSkill.Input, Added>(admin, new("ICE", "Thawing", first, last))).Value.Id;
        async Task<(string Type, int Types, string Skill, int Skills)> Today() => (
            Rule(await work.Do<AddToDo, AddToDo.Input, Added>(work.Person(work.Dora), new("FROST", "Thaw it", last.AddDays(5), EmployeeId: work.Bea))),
            (await work.Do<ListToDoTypes, ListToDoTypes.Input, Page<ToDoTypeRow>>(admin, new("frost", InForce: true))).Value.Items.Count,
            Rule(await work.Do<GiveSkill, GiveSkill.Input, Done>(admin, new(work.Bea, skill, 3))),
            (await work.Do<ListSkills, ListSkills.Input, Page<SkillRow>>(admin, new("ice", InForce: true))).Value.Items.Count);
        Assert.Equal(("todo.type.closed", 0, "skill.unknown", 0), await Today());
        house.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(("ok", 1, "ok", 1), await Today());
        house.Clock.Advance(TimeSpan.FromDays(2));
        // Who has the skill may get better at it.
        Assert.Equal(("todo.type.closed", 0, "ok", 0), await Today());
        await using var night = house.As(Actor.Process("night"));
        Assert.Equal(1, await night.Db.InTransaction(() => night.Get<IToDos>().CreateMany([new("FROST", "Thaw it", work.Today, new("premise", 4711))], Token), Token));
    }

    private static string Rule<T>(Outcome<T> outcome) => outcome.Ok ? "ok" : outcome.Problems.Single().Rule;

    private static async Task What_would_go_to_it_goes_to_whoever_follows_up(TestHouse house, long role, long followUp, DateOnly today)
    {
        await using var scope = house.As(Roles.BusinessAdministrator);
        Assert.True((await scope.Get<AddToDoType>().Handle(new("STORMWORK", "Storm work", DefaultRoleId: role), Token)).Ok);
        var one = (await scope.Get<IToDos>().Create(new("STORMWORK", "Tree on a line", today), Token)).Value;
        await scope.Db.SaveChangesAsync(Token);
        // As the nightly runs make them: none of a thousand may stop the others.
        await scope.Db.InTransaction(() => scope.Get<IToDos>().CreateMany([new("STORMWORK", "Tree on a road", today, new("premise", 4711))], Token), Token);
        var made = await scope.Db.Set<Tieline.ToDos.Entries.ToDo>().Where(t => t.TypeCode == "STORMWORK").ToListAsync(Token);
        Assert.Equal(2, made.Count);
        Assert.Contains(made, t => t.Id == one);
        Assert.All(made, t => Assert.Equal((followUp, "Customer follow-up"), (t.RoleId, t.AddressedTo)));
    }

    private static async Task<bool> Given(TestHouse house, long role)
    {
        await using var scope = house.As(Roles.Csr);
        return await scope.Get<IOrganization>().ToDoRole(role, Token) is not null;
    }

    private static async Task<Outcome<Done>> Change(TestHouse house, ChangeToDoRole.Input input)
    {
        await using var scope = house.As(Roles.BusinessAdministrator);
        return await scope.Get<ChangeToDoRole>().Handle(input, Token);
    }
}

using Microsoft.EntityFrameworkCore;
using Tieline.Organization;
using Tieline.Organization.Absences;
using Tieline.Organization.Employees;
using Tieline.Platform.Security;
using Tieline.Tests.Support;
using Xunit;

namespace Tieline.Tests.Modules.Organization;

public class AbsenceTests
{
    private static DateOnly July(int day) => new(2026, 7, day);

    [Theory, BothDatabases]
    public async Task Days_deputy_and_overlaps_are_checked(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var ana = await scope.Employee("E1");
        var bo = await scope.Employee("E2", "Bo Lee");
        var record = scope.Get<RecordAbsence>();
        async Task<string> Try(long who, int from, int to, long? deputy = null) =>
            (await record.Handle(new(who, July(from), July(to), "Vacation", deputy), CancellationToken.None)).Rule();

        Assert.Equal("absence.days.order", await Try(ana, 10, 9));
        Assert.Equal("absence.deputy.self", await Try(ana, 6, 10, ana));
        Assert.Equal("absence.deputy.unknown", await Try(ana, 6, 10, 4711));
        Assert.Equal("not_found", await Try(4711, 6, 10));
        Assert.Equal("required required", (await record.Handle(new(ana, null, null), CancellationToken.None)).Rule());
        Assert.Equal("absence.days.range", (await record.Handle(new(ana, DateOnly.MinValue, DateOnly.MinValue), CancellationToken.None)).Rule());
        Assert.Equal("absence.days.too_long", (await record.Handle(new(ana, July(1), DateOnly.MaxValue), CancellationToken.None)).Rule());

        Assert.Equal("ok", await Try(bo, 6, 8));
        Assert.Equal("ok", await Try(bo, 9, 10));
        Assert.Equal("absence.deputy.away", await Try(ana, 6, 10, bo));
        Assert.Equal("ok", await Try(ana, 6, 11, bo));
        Assert.Equal("absence.overlap", await Try(ana, 11, 12));
        Assert.Equal("ok", await Try(ana, 12, 12));
    }

    [Theory, BothDatabases]
    public async Task An_absence_is_changed_and_cancelled_and_the_door_knows(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var ana = await scope.Employee("E1");
        var bo = await scope.Employee("E2", "Bo Lee");
        var id = (await scope.Get<RecordAbsence>().Handle(new(ana, July(6), July(10), "Vacation", bo), CancellationToken.None)).Value.Id;
        Assert.Equal("ok", (await scope.Get<ChangeAbsence>().Handle(new(id, 0, July(7), July(10), "Training", bo), CancellationToken.None)).Rule());

        var door = scope.Get<IOrganization>();
        Assert.Null(await door.AbsenceOn(ana, July(6), CancellationToken.None));
        Assert.Equal(new AbsenceLine(id, ana, "Ana Ruiz", July(7), July(10), bo, "Bo Lee"), await door.AbsenceOn(ana, July(10), CancellationToken.None));
        Assert.Equal(id, Assert.Single((await scope.Get<ListAbsences>().Handle(new(FromOn: July(10), ToOn: July(12)), CancellationToken.None)).Value.Items).Id);

        Assert.Equal("ok", (await scope.Get<CancelAbsence>().Handle(new(id, 1), CancellationToken.None)).Rule());
        Assert.Null(await door.AbsenceOn(ana, July(10), CancellationToken.None));
        Assert.Equal("not_found", (await scope.Get<CancelAbsence>().Handle(new(id, 2), CancellationToken.None)).Rule());
        Assert.NotNull(Assert.Single((await scope.Get<GetEmployee>().Handle(new(ana), CancellationToken.None)).Value.Absences).CancelledAt);
    }

    [Theory, BothDatabases]
    public async Task Of_two_who_record_at_once_one_looks_again(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var ana = await scope.Employee("E1");
        await using var other = house.As(Roles.Supervisor);
        // The other has read Ana before the first saves.
        _ = await other.Db.Set<Employee>().SingleAsync(e => e.Id == ana, CancellationToken.None);
        Assert.Equal("ok", (await scope.Get<RecordAbsence>().Handle(new(ana, July(6), July(10)), CancellationToken.None)).Rule());

        await Assert.ThrowsAsync<DbUpdateConcurrencyException>(() => other.Get<RecordAbsence>().Handle(new(ana, July(13), July(14)), CancellationToken.None));
    }

    [Theory, BothDatabases]
    public async Task Why_someone_is_away_is_not_for_everyone(TestDatabase on)
    {
        await using var house = await TestHouse.Open(on);
        await using var scope = house.As(Roles.BusinessAdministrator);
        var ana = await scope.Employee("E1");
        var id = (await scope.Get<RecordAbsence>().Handle(new(ana, July(6), July(10), "Sick leave"), CancellationToken.None)).Value.Id;
        await using var csr = house.As(Roles.Csr);

        Assert.Equal("Sick leave", (await scope.Get<GetAbsence>().Handle(new(id), CancellationToken.None)).Value.Reason);
        Assert.Equal("", (await csr.Get<GetAbsence>().Handle(new(id), CancellationToken.None)).Value.Reason);
        await Assert.ThrowsAsync<ForbiddenException>(() => csr.Get<CancelAbsence>().Handle(new(id, 0), CancellationToken.None));
    }
}

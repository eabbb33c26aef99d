using FsCheck;
using FsCheck.Fluent;
using Tieline.Platform.Batch;

namespace Tieline.Tests.Modules.Platform.Batch;

/// <summary>When schedules fire, above all in the nights in which clocks change: in Los Angeles on 14 March and 7 November 2027.</summary>
public class FireTimesTests
{
    private static readonly TimeZoneInfo LosAngeles = TimeZoneInfo.FindSystemTimeZoneById("America/Los_Angeles");

    [Fact]
    public void A_time_that_the_clocks_skip_fires_after_the_gap_and_one_that_comes_twice_at_the_first()
    {
        var spring = Of("0 30 2 * * ?").AllAfter(Utc(2027, 3, 12, 12)).Take(4).ToList();
        Assert.Equal([Utc(2027, 3, 13, 10, 30), Utc(2027, 3, 14, 10), Utc(2027, 3, 15, 9, 30), Utc(2027, 3, 16, 9, 30)], spring.Select(f => f.At));
        Assert.Equal([null, "On 14 March 2027 02:30 does not exist; it runs at 03:00.", null, null], spring.Select(f => f.Words));
        Assert.Equal([false, true, false, false], spring.Select(f => f.IsSkipped));
        var autumn = Of("0 30 1 * * ?").AllAfter(Utc(2027, 11, 6, 12)).Take(2).ToList();
        Assert.Equal([Utc(2027, 11, 7, 8, 30), Utc(2027, 11, 8, 9, 30)], autumn.Select(f => f.At));
        Assert.Equal(["On 7 November 2027 01:30 comes twice; it runs at the first.", null], autumn.Select(f => f.Words));
    }

    [Theory]
    [InlineData(2027, 3, 13)]
    [InlineData(2027, 11, 6)]
    public void Each_time_on_the_wall_fires_once_whenever_it_is_asked(int year, int month, int day)
    {
        var begin = new DateTime(year, month, day);
        for (var minute = 0; minute < 60; minute++)
        {
            foreach (var (cron, hours) in ((string, int[])[])[($"0 {minute} * * * ?", [.. Enumerable.Range(0, 24)]), ($"0 {minute} 2 * * ?", [2]), ($"0 {minute} 1 * * ?", [1]), ($"0 {minute} 3 * * ?", [3])])
            {
                var expected = Enumerable.Range(0, 4).SelectMany(d => hours.Select(h => Instant(begin.AddDays(d).AddHours(h).AddMinutes(minute)))).Distinct().ToList();
                var times = Of(cron);
                // From every five minutes of the two days, and from each fire itself.
                for (var at = Utc(year, month, day, 8); at < Utc(year, month, day + 2, 8); at = at.AddMinutes(5))
                    Assert.Equal(expected.First(e => e > at), times.After(at)!.Value.At);
                foreach (var (fire, next) in expected.Zip(expected.Skip(1)).Where(p => p.Second < Utc(year, month, day + 3, 0)))
                    Assert.Equal(next, times.After(fire)!.Value.At);
            }
        }
    }

    [Fact]
    public void Whatever_the_window_all_fires_are_within_it_and_later_than_the_one_before()
    {
        var law = Prop.ForAll(Gen.Choose(0, 1439).Two().Where(w => w.Item1 != w.Item2).ToArbitrary(), Gen.Choose(0, 364 * 24).ToArbitrary(), Gen.Choose(1, 30).ToArbitrary(), (window, hours, step) =>
        {
            var (from, to) = (TimeOnly.MinValue.AddMinutes(window.Item1), TimeOnly.MinValue.AddMinutes(window.Item2));
            var last = Utc(2027, 1, 1).AddHours(hours);
            foreach (var fire in Of($"0 0/{step} * * * ?", (from, to)).AllAfter(last).Take(30))
            {
                if (fire.At <= last || !TimeOnly.FromDateTime(fire.Wall).IsBetween(from, to))
                    return false;
                last = fire.At;
            }
            return true;
        });
        law.MustHold(300);
    }

    [Fact]
    public void A_window_may_pass_midnight_and_open_days_are_those_that_it_is_about()
    {
        static bool Weekday(DateOnly on) => on.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);
        (TimeOnly, TimeOnly) night = (new(20, 0), new(5, 0));
        // Friday, 5 March 2027, noon.
        var from = Utc(2027, 3, 5, 20);
        IEnumerable<string> Next(string cron, int daysBack) =>
            Of(cron, night, Weekday, daysBack).AllAfter(from).Take(4).Select(f => $"{f.Wall:ddd HH:mm}");
        Assert.Equal(["Fri 21:00", "Mon 00:00", "Mon 03:00", "Mon 21:00"], Next("0 0 0/3 * * ?", 0));
        // With the day before it is the night from Friday to Saturday that belongs to Friday, and Saturday evening as well.
        Assert.Equal(["Sat 00:00", "Tue 00:00", "Wed 00:00", "Thu 00:00"], Next("0 0 0 * * ?", 1));
        Assert.True(Of("0 0 1 * * ?", night).IsWithinWindow(Utc(2027, 3, 5, 12, 59)));
        Assert.False(Of("0 0 1 * * ?", night).IsWithinWindow(Utc(2027, 3, 5, 13)));
    }

    [Fact]
    public void What_never_fires_is_found_out_soon()
    {
        var from = Utc(2027, 3, 5);
        Assert.Null(Of("0 0 1 30 2 ?").After(from));
        Assert.Null(Of("0 0 1 1 1 ? 2020").After(from));
        Assert.Null(Of("0 0 12 * * ?", (new(20, 0), new(5, 0))).After(from));
        Assert.Null(Of("* * * * * ?", open: _ => false).After(from));
        Assert.Equal(Utc(2028, 2, 29, 9), Of("0 0 1 29 2 ?").After(from)!.Value.At);
        foreach (var wrong in (string[])["", "daily", "0 0 25 * * ?", "0 0 1 * *", "99 * * * * ?", "0 0 1 * * MON-XYZ", "0/0/0 * * * * ?", "/", "0 0 1 ? * 9", "L L L L L L L L"])
            Assert.Null(FireTimes.Read(wrong));
    }

    [Fact]
    public void Nothing_that_is_typed_breaks_the_reading_of_it() =>
        Prop.ForAll(Gen.Elements("0123456789*/?-,LW#MON ".ToCharArray()).ArrayOf().Select(c => new string(c)).ToArbitrary(), typed => FireTimes.Read(typed)?.GetNextValidTimeAfter(DateTimeOffset.UnixEpoch) != DateTimeOffset.UnixEpoch).MustHold(2_000);

    [Theory]
    [InlineData("0 0 1 * * ?", "Every day at 01:00")]
    [InlineData("0 30 20 ? * MON-FRI", "Monday to Friday at 20:30")]
    [InlineData("0 30 20 ? * SUN", "Every Sunday at 20:30")]
    [InlineData("0 30 20 ? * 2,4,6", "Monday, Wednesday and Friday at 20:30")]
    [InlineData("0 0 * * * ?", "Every hour")]
    [InlineData("0 15 * * * ?", "Every hour, 15 minutes past")]
    [InlineData("0 0/10 * * * ?", "Every 10 minutes")]
    [InlineData("0 0 3 L * ?", "On the last day of the month at 03:00")]
    [InlineData("0 0 3 15 * ?", "On day 15 of the month at 03:00")]
    [InlineData("0 0 3 ? * 2#1", null)]
    [InlineData("0 0 3 15 6 ?", null)]
    [InlineData("0 0 1 * * ? 2027", null)]
    public void The_usual_ones_are_said_in_words(string cron, string? words) => Assert.Equal(words, CronWords.Of(cron));

    private static FireTimes Of(string cron, (TimeOnly, TimeOnly)? window = null, Func<DateOnly, bool>? open = null, int daysBack = 0) =>
        new(FireTimes.Read(cron)!, LosAngeles) { Window = window, Open = open, DaysBack = daysBack };

    private static DateTime Utc(int year, int month, int day, int hour = 0, int minute = 0) => new(year, month, day, hour, minute, 0, DateTimeKind.Utc);

    /// <summary>Said once more, from the rules of the zone alone.</summary>
    private static DateTime Instant(DateTime wall)
    {
        var (standard, summer) = (TimeSpan.FromHours(8), TimeSpan.FromHours(7));
        var (goOn, goBack) = (new DateTime(2027, 3, 14, 2, 0, 0), new DateTime(2027, 11, 7, 2, 0, 0));
        return DateTime.SpecifyKind(
            wall >= goOn && wall < goOn.AddHours(1) ? goOn + standard : wall >= goOn && wall < goBack ? wall + summer : wall + standard, DateTimeKind.Utc);
    }
}

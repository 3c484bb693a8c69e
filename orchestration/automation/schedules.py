"""When jobs run by themselves. Times are in the reporting time zone of listening.yml."""

from dagster import ScheduleDefinition

from orchestration.automation.jobs import land_all, marts_and_release, retrain


def schedules(time_zone: str) -> list[ScheduleDefinition]:
    """Return the schedules; they are off until somebody switches them on in the UI."""
    return [
        ScheduleDefinition(
            name="hourly_landing",
            job=land_all,
            cron_schedule="5 * * * *",
            execution_timezone=time_zone,
            description="Land what is new, every hour.",
        ),
        ScheduleDefinition(
            name="daily_release",
            job=marts_and_release,
            cron_schedule="30 5 * * *",
            execution_timezone=time_zone,
            description="Model, check and publish, every morning before people read.",
        ),
        ScheduleDefinition(
            name="weekly_retraining",
            job=retrain,
            cron_schedule="0 3 * * 0",
            execution_timezone=time_zone,
            description="Train the models again, every Sunday night.",
        ),
    ]

"""The reporting season: when everything is looked at again without being asked for."""

import dagster as dg

from assets import jobs
from assets.documents import INTAKE
from assets.resources import Workspace
from assets.sensors import sync_intakes
from pipeline.store.folder_input import InputError

IN_SEASON, OUT_OF_SEASON = "0 3 * 1-4 *", "0 3 * 5-12 1"


@dg.schedule(
    name="reporting_season",
    job=jobs.build,
    cron_schedule=[IN_SEASON, OUT_OF_SEASON],
    execution_timezone="Asia/Shanghai",
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="Everything anew at three in the morning, Beijing time: daily from January to April, on Mondays otherwise. "
    "Departments publish their reports by 31 January, governments by 31 March (Regulation on Open Government Information, "
    "article 49). What did not change is not read again. Off until it is switched on.\n\n"
    "每日凌晨三点（北京时间）整体更新：一月至四月每天一次，其余月份每周一一次。依《政府信息公开条例》第四十九条，"
    "县级以上人民政府部门应于每年1月31日前、政府信息公开工作主管部门应于3月31日前公布上一年度报告。未变更的文档不重复读取。默认关闭。",
)
def reporting_season(context: dg.ScheduleEvaluationContext, workspace: Workspace) -> dg.RunRequest | dg.SkipReason:
    try:
        sync_intakes(context.instance, workspace)
    except InputError as e:
        return dg.SkipReason(str(e))
    order = context.instance.get_dynamic_partitions(str(INTAKE.name))
    return dg.RunRequest(tags=jobs.covering(order, order, "schedule"))

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('curriculum', '0001_initial'),
        ('tracker', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='LocalChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(help_text='Such as curriculum.role.', max_length=64)),
                ('key', models.CharField(help_text="The row's natural key.", max_length=200)),
                ('field', models.CharField(max_length=64)),
                ('value', models.JSONField(null=True)),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('changed_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'ordering': ['model', 'key', 'field'],
                'constraints': [models.UniqueConstraint(fields=('model', 'key', 'field'), name='local_change_once_per_field')],
                'indexes': [],
            },
        ),
    ]
